import type { CheckSummary } from '#core/check.ts';
import type { Problem } from '#core/problem.ts';
import type { ArtifactReader, FamilyInspector, Parts, Preparation, ReadSink } from '#engine/parts.ts';
import { type Item, isProblem } from '#source/items.ts';
import { DEFAULT_LIMITS, type ReadLimits } from '#source/limits.ts';
import { ReadBuffer, readArtifact } from '#source/read.ts';
import { loadFamilies } from './families.ts';
import { ARCHIVE_NAME } from './target.ts';

/** What every thread of a scan is set up with; survives structured clone. */
export interface Setup {
  readonly families: readonly FamilySetup[];
  readonly reading: ReadLimits;
}

export interface FamilySetup {
  readonly name: string;
  readonly options: unknown;
}

/**
 * The parts of the engine, made real: the families by the registry, the reader of files and archives. `limits` hold until
 * they are prepared, and for good where the engine is handed what was prepared already.
 */
export function createParts(limits: ReadLimits = DEFAULT_LIMITS): Parts<Setup> {
  const reader = new FileReader(limits);
  return {
    async prepare({ families, reading }) {
      reader.limits = reading;
      return (await prepareFamilies(families)).preparation;
    },
    reader,
  };
}

/** Reads what a source listed, one artifact at a time into the same memory. */
class FileReader implements ArtifactReader {
  limits: ReadLimits;
  readonly #buffer = new ReadBuffer();

  constructor(limits: ReadLimits) {
    this.limits = limits;
  }

  expands(path: string): boolean {
    return ARCHIVE_NAME.test(path);
  }

  read(ref: Parameters<ArtifactReader['read']>[0], sink: ReadSink): void | Promise<void> {
    const items = readArtifact(ref, this.limits, this.#buffer);
    if (!(Symbol.asyncIterator in items)) {
      for (const item of items) hand(item, sink);
      return undefined;
    }
    return handAll(items, sink);
  }
}

async function handAll(items: AsyncIterable<Item>, sink: ReadSink): Promise<void> {
  for await (const item of items) hand(item, sink);
}

function hand(item: Item, sink: ReadSink): void {
  if (isProblem(item)) sink.problem(item);
  else sink.artifact(item);
}

export interface PreparedFamilies {
  readonly preparation: Preparation;
  readonly problems: readonly Problem[];
  readonly digest: string;
}

/** Makes every family ready; in the main thread also for its problems, its checks and its digest. */
export async function prepareFamilies(setups: readonly FamilySetup[]): Promise<PreparedFamilies> {
  const families = await loadFamilies(setups.map(({ name }) => name));
  const inspectors: FamilyInspector[] = [];
  const checks: CheckSummary[] = [];
  const problems: Problem[] = [];
  const digests: (() => string)[] = [];
  for (const family of families) {
    const prepared = await family.prepare(setups.find(({ name }) => name === family.name)?.options);
    inspectors.push({ family: family.name, inspector: prepared.inspector });
    checks.push(...prepared.checks);
    problems.push(...prepared.problems);
    digests.push(() => `${family.name}:${prepared.digest}`);
  }
  return {
    preparation: { inspectors, checks },
    problems,
    // Only a cache asks for it.
    get digest() {
      return digests.map((digest) => digest()).join(' ');
    },
  };
}
