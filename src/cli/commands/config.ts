import { type ConfigIssue, mistakesOf } from '#app/configuration-check.ts';
import { EXIT_USAGE } from '#core/verdict.ts';
import { print } from '../output.ts';

/** Every mistake with its place: first those of the file's form, then those of its expressions. */
export async function check(file: string, options: { readonly json?: boolean }): Promise<number> {
  const issues = mistakesOf(file);
  if (options.json === true) await print(`${JSON.stringify({ file, valid: issues.length === 0, issues }, null, 2)}\n`);
  else await print(issues.length === 0 ? `${file}: no mistakes\n` : `${issues.map(line).join('\n')}\n`);
  return issues.length === 0 ? 0 : EXIT_USAGE;
}

function line({ at, message, hint }: ConfigIssue): string {
  const place = [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
  return `${place}: ${message}${hint === undefined ? '' : `\n  ${hint}`}`;
}
