import type { Statement } from '#core/statement.ts';

/** A statement that counts: who signed it, and when the ledger took it. */
export interface Proven {
  /** Its number in the ledger: what comes later counts. */
  readonly entry: number;
  readonly statement: Statement;
  readonly by: string;
  readonly at: Date;
}

/** A statement and its predicate, which has the shape that its type asks for. */
export interface Read<T> extends Proven {
  readonly predicate: T;
}

/** All statements of some types whose predicates could be read, in the order of the ledger. */
export type Reader = <T>(types: readonly string[], parse: (statement: Statement) => T) => Read<T>[];

/** The last of each kind, in the order in which the ledger took them. */
export function latestBy<T extends Proven>(all: readonly T[], key: (one: T) => string): T[] {
  const latest = new Map<string, T>();
  for (const one of all.toSorted((a, b) => a.entry - b.entry)) {
    latest.delete(key(one));
    latest.set(key(one), one);
  }
  return [...latest.values()];
}

export const earliest = (times: readonly Date[]): Date => new Date(Math.min(...times.map((time) => time.getTime())));
