import { dirname, relative, resolve } from 'node:path';
import { extendedPath, type RuleFile, type SecretsOptions } from '#checks/secrets/index.ts';
import { type Configuration, pathInside } from './configuration.ts';
import { FAMILY_NAMES, loadFamilies } from './families.ts';
import type { FamilySetup } from './parts.ts';
import { readUserFile, shown } from './user-file.ts';

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
function secretsOptions(named: readonly string[], configuration: Configuration): SecretsOptions {
  const { shipped, rules, disabled } = configuration.config.secrets;
  const configured = rules.map((path, index) => {
    const at = configuration.position(['secrets', 'rules', index]);
    const inside = (file: string): string => pathInside(configuration, relative(configuration.folder, file), at);
    return ruleFile(pathInside(configuration, path, at), inside);
  });
  const files = [...configured, ...named.map((path) => ruleFile(resolve(path), (extended) => extended))];
  return {
    shipped,
    disabled,
    rules: files.map(({ rule }) => rule),
    extensions: Object.fromEntries(files.flatMap(({ extensions }) => extensions)),
  };
}

interface LoadedRules {
  readonly rule: RuleFile;
  readonly extensions: readonly [path: string, text: string][];
}

/**
 * A rule file with what it extends, and what that extends; how deep it is followed is for its reader to say. What came
 * with the target may reach no further than `allowed` lets it.
 */
function ruleFile(file: string, allowed: (path: string) => string): LoadedRules {
  const rule = { file: shown(file), text: readUserFile(file, 'rules-not-found') };
  const found = new Map<string, string>();
  let [next, folder]: [RuleFile, string] = [rule, dirname(file)];
  for (;;) {
    const path = extendedPath(next);
    if (path === undefined || found.has(path)) return { rule, extensions: [...found] };
    const extended = allowed(resolve(folder, path));
    const text = readUserFile(extended, 'rules-not-found', `${next.file} extends it.`);
    found.set(path, text);
    [next, folder] = [{ file: path, text }, dirname(extended)];
  }
}
