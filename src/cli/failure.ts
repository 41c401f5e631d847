import { stripVTControlCharacters } from 'node:util';
import { SluiceError } from '#core/error.ts';
import { EXIT_DEFECT, EXIT_USAGE } from '#core/verdict.ts';

/** What a failed command says on standard error and exits with. */
export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * The user's mistake is told in words, with the place and what to do. Anything else is a defect of ours: its stack is
 * shown, without its message's values ever having held scanned text (see {@link SluiceError}).
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof SluiceError) return { text: explain(error), exitCode: EXIT_USAGE };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = `sluice: this is a defect in Sluice, not a mistake of yours. Please report it with these lines:\n${stack}\n`;
  return { text, exitCode: EXIT_DEFECT };
}

function explain({ message, at, hint }: SluiceError): string {
  const place = at === undefined ? '' : [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
  const lines = [`sluice: ${place === '' ? '' : `${place}: `}${message}`, ...(hint === undefined ? [] : [`  ${hint}`])];
  return `${lines.map(visible).join('\n')}\n`;
}

/** A path in a message may hold control characters; a terminal must not obey them. */
const visible = (line: string): string => stripVTControlCharacters(line).replace(/\p{Cc}/gu, '?');
