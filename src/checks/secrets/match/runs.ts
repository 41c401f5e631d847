import type { LeadingRun } from '../rule.ts';

/** A leading run ready to be walked backwards. */
export interface WalkedRun {
  readonly most: number;
  readonly ascii: Uint8Array;
  readonly other: RegExp;
}

export function walkable({ of, most }: LeadingRun): WalkedRun {
  const other = new RegExp(`^${of}$`, 'u');
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => (other.test(String.fromCharCode(code)) ? 1 : 0));
  return { most, ascii, other };
}

/** How far left of `from` the runs reach, not past `limit`. The last run stands directly before `from`. */
export function reachLeft(runs: readonly WalkedRun[], string: string, from: number, limit: number): number {
  let at = from;
  for (let index = runs.length - 1; index >= 0; index--) {
    const run = runs[index] as WalkedRun;
    for (let taken = 0; taken < run.most && at > limit; taken++) {
      const step = stepLeft(run, string, at);
      if (step === 0 || at - step < limit) break;
      at -= step;
    }
  }
  return at;
}

/** The length of the code point before `at`, if the run can hold it; else 0. */
function stepLeft({ ascii, other }: WalkedRun, string: string, at: number): number {
  const code = string.charCodeAt(at - 1);
  if (code < 128) return ascii[code] as number;
  const low = code >= 0xdc00 && code <= 0xdfff && at > 1;
  const high = low ? string.charCodeAt(at - 2) : 0;
  const pair = high >= 0xd800 && high <= 0xdbff;
  return other.test(string.slice(at - (pair ? 2 : 1), at)) ? (pair ? 2 : 1) : 0;
}
