import { resolve } from 'node:path';
import { loadConfiguration, loadGate, readText, shown } from '#app/configuration.ts';
import { type ConfigIssue, checkConfig } from '#config/read.ts';
import { SluiceError } from '#core/error.ts';
import { EXIT_USAGE } from '#core/verdict.ts';
import { print } from '../output.ts';

/** Every mistake with its place: first those of the file's form, then those of its expressions. */
export async function check(file: string, options: { readonly json?: boolean }): Promise<number> {
  const issues = mistakesOf(file);
  if (options.json === true) await print(`${JSON.stringify({ file, valid: issues.length === 0, issues }, null, 2)}\n`);
  else await print(issues.length === 0 ? `${file}: no mistakes\n` : `${issues.map(line).join('\n')}\n`);
  return issues.length === 0 ? 0 : EXIT_USAGE;
}

function mistakesOf(file: string): readonly ConfigIssue[] {
  const path = resolve(file);
  const reading = checkConfig(readText(path, 'config-not-found'), shown(path));
  if (!reading.ok) return reading.issues;
  try {
    loadGate(loadConfiguration(path, path), undefined);
    return [];
  } catch (error) {
    if (!(error instanceof SluiceError) || error.at === undefined) throw error;
    const { at, message, hint } = error;
    return [{ at, message, ...(hint === undefined ? {} : { hint }) }];
  }
}

function line({ at, message, hint }: ConfigIssue): string {
  const place = [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
  return `${place}: ${message}${hint === undefined ? '' : `\n  ${hint}`}`;
}
