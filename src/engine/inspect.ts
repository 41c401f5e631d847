import type { Artifact } from '#core/artifact.ts';
import type { CheckId, CheckSummary, Hit, InspectionSink } from '#core/check.ts';
import type { Problem } from '#core/problem.ts';
import type { Bench } from './bench.ts';
import { draftsOf } from './draft.ts';
import { MaskCollector } from './masks.ts';
import type { FamilyInspector } from './parts.ts';
import type { Draft, Skip } from './protocol.ts';
import { BudgetSpent, failure, skipped } from './trouble.ts';

export interface Inspected {
  readonly inspected: boolean;
  readonly drafts: readonly Draft[];
  readonly problems: readonly Problem[];
}

const UNWANTED: Inspected = { inspected: false, drafts: [], problems: [] };

/** Lets every inspector that wants it look at one artifact. A check that fails costs only what that check would have said. */
export function inspectArtifact(bench: Bench, artifact: Artifact, ordinal: number, skips: readonly Skip[]): Inspected {
  const { inspectors, checks } = bench.preparation;
  const wanting = inspectors.flatMap((entry, index) => (wants(entry, artifact.path) ? [index] : []));
  if (wanting.length === 0) return UNWANTED;
  const notes = new Notes(artifact.path, checks, bench);
  for (const skip of skips) if (skip.inspector >= 0) notes.problem(skipped(skip, artifact.path, bench));
  const rest = wanting.filter((index) => !skips.some(({ inspector }) => inspector === index));
  while (rest.length > 0) lookOn(bench, artifact, ordinal, rest, notes);
  const { drafts, problems } = draftsOf(artifact, notes, bench.terms.key);
  return { inspected: true, drafts, problems: [...notes.problems, ...problems] };
}

/** An inspector that cannot even say whether it wants something is run, so that it fails where failures are counted. */
export function wants({ inspector }: FamilyInspector, path: string): boolean {
  try {
    return inspector.wants(path);
  } catch {
    return true;
  }
}

/** Runs inspectors off the front of `rest` until none is left or the guard ends one. */
function lookOn(bench: Bench, artifact: Artifact, ordinal: number, rest: number[], notes: Notes): void {
  try {
    bench.guard(() => {
      for (let index = rest[0]; index !== undefined; index = rest[0]) {
        look(bench, artifact, index, notes);
        rest.shift();
      }
    });
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    notes.forget();
    notes.problem(skipped({ ...bench.beat.skip('budget-spent'), artifact: ordinal }, artifact.path, bench));
    rest.shift();
  }
}

function look(bench: Bench, artifact: Artifact, index: number, notes: Notes): void {
  const { family, inspector } = bench.preparation.inspectors[index] as Bench['preparation']['inspectors'][number];
  bench.beat.inspecting(index);
  notes.begin();
  try {
    inspector.inspect(artifact, notes);
  } catch (error) {
    notes.problem(failure(family, error, artifact.path));
  }
}

/** What inspectors say about one artifact, within the limits. */
class Notes implements InspectionSink {
  readonly hits: (readonly [Hit, CheckSummary])[] = [];
  readonly problems: Problem[] = [];
  readonly masks = new MaskCollector();
  readonly #path: string;
  readonly #checks: ReadonlyMap<CheckId, readonly [number, CheckSummary]>;
  readonly #bench: Bench;
  readonly #counts = new Map<CheckId, number>();
  #begin = { hits: 0, problems: 0 };

  constructor(path: string, checks: readonly CheckSummary[], bench: Bench) {
    this.#path = path;
    this.#checks = indexOf(checks);
    this.#bench = bench;
  }

  /** An inspector starts; what it says is taken back by {@link forget}. */
  begin(): void {
    this.#begin = { hits: this.hits.length, problems: this.problems.length };
  }

  forget(): void {
    this.hits.length = this.#begin.hits;
    this.problems.length = this.#begin.problems;
  }

  hit(hit: Hit): void {
    const known = this.#checks.get(hit.check);
    if (known === undefined) throw new TypeError('a hit of a check that takes no part');
    for (const span of hit.mask ?? []) this.masks.add(span);
    if (hit.secret !== undefined) this.masks.add(hit.span);
    if (this.#hasRoom(hit.check)) this.hits.push([hit, known[1]]);
  }

  problem(problem: Problem): void {
    this.problems.push(problem);
  }

  enter(check: CheckId): void {
    this.#bench.beat.checking(this.#checks.get(check)?.[0] ?? -1);
  }

  #hasRoom(check: CheckId): boolean {
    const { hitsPerCheck, hitsPerArtifact } = this.#bench.terms.limits;
    const count = (this.#counts.get(check) ?? 0) + 1;
    this.#counts.set(check, count);
    const room = count <= hitsPerCheck && this.hits.length < hitsPerArtifact;
    if (count === hitsPerCheck + 1 || (!room && count === 1)) {
      const message = `${check} found more here than the ${Math.min(hitsPerCheck, this.hits.length)} that are kept.`;
      this.problem({ code: 'too-many-hits', message, path: this.#path, check });
    }
    return room;
  }
}

const indexes = new WeakMap<readonly CheckSummary[], ReadonlyMap<CheckId, readonly [number, CheckSummary]>>();

function indexOf(checks: readonly CheckSummary[]): ReadonlyMap<CheckId, readonly [number, CheckSummary]> {
  let index = indexes.get(checks);
  if (index === undefined) {
    index = new Map(checks.map((check, position) => [check.id, [position, check]]));
    indexes.set(checks, index);
  }
  return index;
}
