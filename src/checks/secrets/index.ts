import type { Family } from '#core/check.ts';
import { prepare, type SecretsOptions, summaryOf } from './prepare.ts';
import { SHIPPED } from './rules.generated.ts';

/** Credentials in text: rules of ours, and those of gitleaks configurations, read unchanged. */
export const family: Family<SecretsOptions> = {
  name: 'secrets',
  checks: SHIPPED.rules.map(summaryOf),
  documentation: async () => (await import('./docs.generated.ts')).documentation(),
  prepare: (options) => prepare(options ?? {}),
};
