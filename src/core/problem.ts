import { order } from './order.ts';
/**
 * Something the scan could not do. Never dropped and never only a log line: it is part of the result, and the verdict
 * is `incomplete` unless the policy says otherwise. `message` never holds scanned text.
 */
export interface Problem {
  /** Stable and kebab-case: `file-unreadable`, `file-too-large`, `budget-spent`, `check-failed`, `rule-unsupported`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly path?: string;
  readonly line?: number;
  readonly check?: string;
}

/** One order for problems everywhere: by path, line, code, message. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    order(a.path ?? '', b.path ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    order(a.code, b.code) ||
    order(a.message, b.message)
  );
}
