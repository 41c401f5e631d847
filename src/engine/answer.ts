import type { Problem } from '#core/problem.ts';
import type { Draft, Examined } from './protocol.ts';

/**
 * Results on their way from a worker. Nearly all of them say nothing but how much was read, and cloning an object for
 * each costs more than reading a small file, so they travel as columns.
 */
export interface Answer {
  /** Four a result: artifacts, bytes, binary, and the flags {@link UNCHANGED} and {@link FRESH}. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** 32 characters a result, blank where there is no hash; empty where nothing was hashed. */
  readonly hashes: string;
  readonly said: readonly (readonly [index: number, drafts: readonly Draft[], problems: readonly Problem[]])[];
}

const NUMBERS = 4;
const UNCHANGED = 1;
const FRESH = 2;
const HASH_DIGITS = 32;
const NONE: readonly never[] = [];

export function toAnswer(results: readonly Examined[]): Answer {
  const numbers = new Float64Array(results.length * NUMBERS);
  for (const [index, { artifacts, bytes, binary, unchanged, fresh }] of results.entries()) {
    const flags = (unchanged === true ? UNCHANGED : 0) + (fresh === true ? FRESH : 0);
    numbers.set([artifacts, bytes, binary, flags], index * NUMBERS);
  }
  const hashed = results.some(({ hash }) => hash !== undefined);
  return {
    numbers,
    hashes: hashed ? results.map(({ hash = '' }) => hash.padEnd(HASH_DIGITS)).join('') : '',
    said: results.flatMap(({ drafts, problems }, index) =>
      drafts.length + problems.length === 0 ? [] : [[index, drafts, problems] as const],
    ),
  };
}

export function fromAnswer({ numbers, hashes, said }: Answer): Examined[] {
  const words = new Map(said.map(([index, drafts, problems]) => [index, { drafts, problems }]));
  return Array.from({ length: numbers.length / NUMBERS }, (_, index): Examined => {
    const [artifacts = 0, bytes = 0, binary = 0, flags = 0] = numbers.subarray(index * NUMBERS, (index + 1) * NUMBERS);
    const hash = hashes.slice(index * HASH_DIGITS, (index + 1) * HASH_DIGITS).trimEnd();
    const { drafts = NONE, problems = NONE } = words.get(index) ?? {};
    return {
      artifacts,
      bytes,
      binary,
      drafts,
      problems,
      ...(hash === '' ? {} : { hash }),
      ...((flags & UNCHANGED) === 0 ? {} : { unchanged: true }),
      ...((flags & FRESH) === 0 ? {} : { fresh: true }),
    };
  });
}
