import { SluiceError } from '#core/error.ts';
import { withoutKeys } from '#core/quotation.ts';
import { Refusal } from '#core/refusal.ts';
import { EXIT, EXIT_DEFECT, EXIT_USAGE } from '#core/verdict.ts';
import { visible } from '#report/visible.ts';

/** What a failed command says on standard error and exits with. */
export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * The user's mistake is told in words, with the place and what to do. Anything else is a defect of ours: its stack is
 * shown. Either may quote what a file holds, so nothing in it that looks like a credential is shown; `typed` is what the
 * user wrote on the command line.
 */
export function failureOf(error: unknown, typed: readonly string[] = []): Failure {
  if (error instanceof SluiceError) return { text: explain(error, typed), exitCode: EXIT_USAGE };
  if (error instanceof Refusal)
    return { text: `${visible(`sluice: refused: ${error.message}`)}\n`, exitCode: EXIT.refused };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split('\n').map((line) => visible(FRAME.test(line) ? line : withoutKeys(line, typed)));
  const text = `sluice: this is a defect in Sluice, not a mistake of yours. Please report it with these lines:\n${lines.join('\n')}\n`;
  return { text, exitCode: EXIT_DEFECT };
}

/** A line of a stack: names of our functions and files. */
const FRAME = /^ {4}at /;

const WORDS_OF_GIT = 'These are the words of git. `git fsck` tells whether the repository is damaged.';
const OBJECT_ID = /\b[0-9a-f]{40}\b/g;

function explain(error: SluiceError, argv: readonly string[]): string {
  const { code, message, at } = error;
  const isGit = code === 'git-failed';
  const hint = error.hint ?? (isGit ? WORDS_OF_GIT : undefined);
  const typed = isGit ? [...argv, ...(message.match(OBJECT_ID) ?? [])] : argv;
  const place = at === undefined ? '' : [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
  const said = [message, ...(hint === undefined ? [] : [`  ${hint}`])].map((line) => withoutKeys(line, typed));
  const [first = '', ...rest] = said;
  return `${[`sluice: ${place === '' ? '' : `${place}: `}${first}`, ...rest].map(visible).join('\n')}\n`;
}
