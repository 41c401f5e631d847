import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { accept, type ConfigFile, checkConfig, checkPolicy } from '#config/read.ts';
import type { Config, PolicyConfig } from '#config/schema.ts';
import { type FilePosition, SluiceError } from '#core/error.ts';
import { DEFAULT_POLICY, type Policy } from '#core/policy.ts';
import { type Gate, openGate, PolicyError } from '#gate/gate.ts';
import { discovered, isWithin } from './discovered.ts';
import { FAMILY_NAMES } from './families.ts';
import { readUserFile, shown } from './user-file.ts';

const CONFIG_NAMES = ['sluice.yaml', 'sluice.yml'] as const;
export const BASELINE_NAME = 'sluice-baseline.json';

/** What a command runs with: the configuration with defaults, and the folder its relative paths start from. */
export interface Configuration {
  readonly config: Config;
  readonly folder: string;
  /** The file it came from; `undefined` when everything is the default. */
  readonly file: string | undefined;
  readonly position: ConfigFile<Config>['position'];
}

/**
 * The configuration that holds for a target: the file named, else the nearest `sluice.yaml` in the target's folder or
 * above it, up to the repository's root, else the defaults.
 *
 * @throws SluiceError `config-not-found`, `config-invalid`, `path-outside`
 */
export function loadConfiguration(target: string, named: string | undefined): Configuration {
  const file = named === undefined ? nearestConfig(folderOf(target)) : resolve(named);
  if (file === undefined) {
    const { value, position } = accept(checkConfig('', 'defaults'));
    return { config: value, folder: folderOf(target), file: undefined, position };
  }
  const { value, position } = accept(checkConfig(readUserFile(file, 'config-not-found'), shown(file)));
  return { config: value, folder: dirname(file), file, position };
}

/** The folder a target is about: itself, the folder of a file, or the current one for what is not on this disk. */
function folderOf(target: string): string {
  const path = resolve(target);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return process.cwd();
  return stats.isDirectory() ? path : dirname(path);
}

/** Not past a repository's root: a file above it belongs to somebody else. */
function nearestConfig(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    for (const name of CONFIG_NAMES) {
      const file = discovered(join(folder, name), '--config');
      if (file !== undefined) return file;
    }
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/**
 * A path the configuration names. A configuration comes with the code it is about, so it may not reach outside its folder.
 *
 * @throws SluiceError `path-outside`
 */
export function pathInside(configuration: Configuration, path: string, at: FilePosition): string {
  const file = resolve(configuration.folder, path);
  const real = existsSync(file) ? realpathSync(file) : file;
  if (isWithin(realpathSync(configuration.folder), real)) return file;
  const hint = 'Name it with the option on the command line instead.';
  throw new SluiceError('path-outside', `${path} lies outside the folder of the configuration`, { at, hint });
}

/**
 * The gate: by the policy file named, else by the configuration's policy.
 *
 * @throws SluiceError `config-invalid`, `expression-invalid` with the place of the mistake
 */
export function loadGate(configuration: Configuration, named: string | undefined): Gate {
  if (named === undefined) {
    knownLimits(configuration.config.policy, (family) => configuration.position(['policy', 'limits', family]));
    return openAt(policyOf(configuration.config.policy), (path, offset) =>
      configuration.position(['policy', ...path], offset),
    );
  }
  const file = resolve(named);
  const { value, position } = accept(checkPolicy(readUserFile(file, 'policy-not-found'), shown(file)));
  knownLimits(value, (family) => position(['limits', family]));
  return openAt(policyOf(value), position);
}

/** A limit for a family that is misspelt would never be reached. */
function knownLimits({ limits }: PolicyConfig, position: (family: string) => FilePosition): void {
  const known: readonly string[] = ['all', ...FAMILY_NAMES];
  const unknown = Object.keys(limits).find((family) => !known.includes(family));
  if (unknown === undefined) return;
  const hint = `There are: ${known.join(', ')}.`;
  throw new SluiceError('family-unknown', `there is no family of checks named ${unknown}`, {
    hint,
    at: position(unknown),
  });
}

function openAt(policy: Policy, position: ConfigFile<unknown>['position']): Gate {
  try {
    return openGate(policy, FAMILY_NAMES);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const { message, code, hint, path, offset } = error;
    throw new SluiceError(code, message, { at: position(path, offset), ...(hint === undefined ? {} : { hint }) });
  }
}

function policyOf({ rules, limits, problems }: PolicyConfig): Policy {
  if (rules === undefined) return { rules: DEFAULT_POLICY.rules, limits, problems };
  return {
    rules: rules.map(({ name, when, message, graceDays, from }) => ({
      name,
      when,
      ...(message === undefined ? {} : { message }),
      ...(graceDays === undefined ? {} : { graceDays }),
      ...(from === undefined ? {} : { from }),
    })),
    limits,
    problems,
  };
}
