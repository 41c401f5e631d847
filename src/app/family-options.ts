import { dirname, resolve } from 'node:path';
import { extendedPath, type RuleFile, type SecretsOptions } from '#checks/secrets/index.ts';
import { type Configuration, pathInside, readText, shown } from './configuration.ts';
import { FAMILY_NAMES, loadFamilies } from './families.ts';
import type { FamilySetup } from './parts.ts';

interface Asked {
  readonly families?: readonly string[];
  readonly rules?: readonly string[];
}

/**
 * The families that take part, each with its options: the command line wins over the configuration. Reads the rule files
 * that they name, since checks read nothing themselves.
 *
 * @throws SluiceError `family-unknown`, `rules-not-found`, `path-outside`
 */
export async function familySetups(asked: Asked, configuration: Configuration): Promise<readonly FamilySetup[]> {
  const names = asked.families ?? configuration.config.scan.families ?? FAMILY_NAMES;
  const families = await loadFamilies(names);
  return families.map(({ name }) => ({ name, options: optionsOf(name, asked, configuration) }));
}

function optionsOf(name: string, asked: Asked, configuration: Configuration): unknown {
  return name === 'secrets' ? secretsOptions(asked.rules ?? [], configuration) : undefined;
}

/** The options of the secrets family, with the text of every rule file. */
export function secretsOptions(named: readonly string[], configuration: Configuration): SecretsOptions {
  const { shipped, rules, disabled } = configuration.config.secrets;
  const configured = rules.map((path, index) =>
    pathInside(configuration, path, configuration.position(['secrets', 'rules', index])),
  );
  const files = [...configured, ...named.map((path) => resolve(path))].map(ruleFile);
  return { shipped, disabled, rules: files, extensions: Object.fromEntries(files.flatMap(extensionsOf)) };
}

const ruleFile = (path: string): RuleFile => ({ file: shown(path), text: readText(path, 'rules-not-found') });

/** What a rule file extends, and what that extends; how deep it is followed is for its reader to say. */
function extensionsOf(file: RuleFile): [string, string][] {
  const found = new Map<string, string>();
  for (let next: RuleFile | undefined = file; next !== undefined; ) {
    const path: string | undefined = extendedPath(next);
    if (path === undefined || found.has(path)) break;
    const text = readText(resolve(dirname(resolve(file.file)), path), 'rules-not-found');
    found.set(path, text);
    next = { file: path, text };
  }
  return [...found];
}
