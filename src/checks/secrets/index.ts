import type { Family } from '#core/check.ts';
import { type RuleFile, readConfiguration } from './format/config.ts';
import { prepare, type SecretsOptions, summaryOf } from './prepare.ts';
import { SHIPPED } from './rules.generated.ts';

export type { RuleFile, SecretsOptions };

/** Credentials in text: rules of ours, and those of gitleaks configurations, read unchanged. */
export const family: Family<SecretsOptions> = {
  name: 'secrets',
  checks: SHIPPED.rules.map(summaryOf),
  documentation: async () => (await import('./docs.generated.ts')).documentation(),
  prepare: (options) => prepare(options ?? {}),
};

/**
 * The file that a configuration names with `extend.path`, as it is written there: whoever reads files puts its text into
 * {@link SecretsOptions.extensions}. `undefined`: it extends none.
 *
 * @throws SluiceError `rules-invalid`
 */
export function extendedPath(file: RuleFile): string | undefined {
  const { path } = readConfiguration(file).extend;
  return path === '' ? undefined : path;
}
