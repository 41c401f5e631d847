import { type ConfigIssue, mistakesOf } from '#app/configuration-check.ts';
import { withoutKeys } from '#core/quotation.ts';
import { EXIT_USAGE } from '#core/verdict.ts';
import { jsonText } from '#report/json-text.ts';
import { visible } from '#report/visible.ts';
import { print } from '../output.ts';

/** Every mistake with its place: first those of the file's form, then those of its expressions. */
export async function check(file: string, options: { readonly json?: boolean }): Promise<number> {
  const issues = mistakesOf(file).map((issue) => shown(issue, file));
  if (options.json === true) await print(jsonText({ file, valid: issues.length === 0, issues }));
  else await print(issues.length === 0 ? `${file}: no mistakes\n` : `${issues.map(line).join('\n')}\n`);
  return issues.length === 0 ? 0 : EXIT_USAGE;
}

/** A mistake quotes the file, where a key may have been pasted. */
const shown = ({ at, message, hint }: ConfigIssue, file: string): ConfigIssue => ({
  at,
  message: withoutKeys(message, [file]),
  ...(hint === undefined ? {} : { hint: withoutKeys(hint, [file]) }),
});

function line({ at, message, hint }: ConfigIssue): string {
  const place = [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
  return [`${place}: ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])].map(visible).join('\n');
}
