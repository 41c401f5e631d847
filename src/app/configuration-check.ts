import { resolve } from 'node:path';
import { type ConfigIssue, checkConfig } from '#config/read.ts';
import { SluiceError } from '#core/error.ts';
import { loadConfiguration, loadGate } from './configuration.ts';
import { checkRules } from './environments.ts';
import { readUserFile, shown } from './user-file.ts';

/**
 * Every mistake of a configuration with its place: those of its form, or else the first of its expressions.
 *
 * @throws SluiceError `config-not-found`
 */
export function mistakesOf(file: string): readonly ConfigIssue[] {
  const path = resolve(file);
  const reading = checkConfig(readUserFile(path, 'config-not-found'), shown(path));
  if (!reading.ok) return reading.issues;
  try {
    const configuration = loadConfiguration(path, path);
    loadGate(configuration, undefined);
    checkRules(configuration);
    return [];
  } catch (error) {
    if (!(error instanceof SluiceError) || error.at === undefined) throw error;
    const { at, message, hint } = error;
    return [{ at, message, ...(hint === undefined ? {} : { hint }) }];
  }
}

export type { ConfigIssue };
