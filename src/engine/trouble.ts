import type { CheckId } from '#core/check.ts';
import type { Problem } from '#core/problem.ts';
import type { Preparation } from './parts.ts';
import { READING, type Skip, type SkipCause, type Terms } from './protocol.ts';

/** Thrown by a guard that ended what it ran. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/** The problem that stands for what was left alone. */
export function skipped(
  skip: Skip,
  path: string,
  { preparation, terms }: { readonly preparation: Preparation; readonly terms: Terms },
): Problem {
  const check = preparation.checks[skip.check]?.id ?? preparation.inspectors[skip.inspector]?.family;
  const who = skip.inspector === READING ? 'Reading this' : `Looking for ${check ?? 'anything'} here`;
  return {
    code: skip.cause,
    message: `${who} ${WHAT[skip.cause](terms)}, so it was left out.`,
    hint: HINT[skip.cause],
    path,
    ...(check === undefined ? {} : { check }),
  };
}

const WHAT: Readonly<Record<SkipCause, (terms: Terms) => string>> = {
  'budget-spent': ({ limits }) => `took more than ${limits.budgetMs / 1000} s`,
  'memory-spent': () => 'took more memory than a worker may have',
  'worker-died': () => 'ended the worker that did it',
};

const HINT: Readonly<Record<SkipCause, string>> = {
  'budget-spent': 'If a rule of yours has a regular expression that backtracks, make it stricter; or exclude the path.',
  'memory-spent': 'Exclude the path, or raise the memory limit.',
  'worker-died': 'This is a defect of a check: please report it.',
};

/** The problem for something that threw. The error's message may quote what was scanned, so none of it is kept. */
export function failure(who: 'read' | CheckId | (string & {}), error: unknown, path: string): Problem {
  const what = who === 'read' ? 'This could not be read' : `The checks of ${who} failed here`;
  const detail = describe(error);
  return {
    code: who === 'read' ? 'file-unreadable' : 'check-failed',
    message: `${what} (${detail}).`,
    path,
    ...(who === 'read' ? {} : { check: who, hint: 'This is a defect of the check: please report it.' }),
  };
}

/** `TypeError at match.ts:12:7`: what a maintainer needs and no more. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'something was thrown that is no error';
  const code =
    'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(error.code) ? error.code : '';
  const name = /^[A-Za-z]+$/.test(error.name) ? error.name : 'Error';
  const place = code === '' ? placeOf(error) : '';
  return `${code || name}${place === '' ? '' : ` at ${place}`}`;
}

/** From the first stack line after the message, which is ours; a message could otherwise forge one. */
function placeOf({ name, message, stack }: Error): string {
  const head = message === '' ? name : `${name}: ${message}`;
  if (stack === undefined || !stack.startsWith(head)) return '';
  const line = stack.slice(head.length).split('\n')[1] ?? '';
  return /^ {4}at .*?([\w.-]+\.[cm]?[jt]s:\d+:\d+)\)?$/.exec(line)?.[1] ?? '';
}
