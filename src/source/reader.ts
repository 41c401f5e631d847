import type { Artifact, ArtifactRef } from '#core/artifact.ts';
import type { Problem } from '#core/problem.ts';
import { type Item, isProblem } from './items.ts';
import { DEFAULT_LIMITS, type ReadLimits } from './limits.ts';
import { ReadBuffer, readArtifact } from './read.ts';

/** Takes what is read, one thing at a time. What it throws ends the reading and passes through. */
export interface ReadingSink {
  artifact(artifact: Artifact): void;
  problem(problem: Problem): void;
}

/** Names that archives usually have: to be read even where nobody asks for a file of that name. */
const ARCHIVE_NAME =
  /\.(?:zip|jar|war|ear|aar|apk|ipa|whl|egg|nupkg|vsix|xpi|crx|docx|xlsx|pptx|odt|ods|odp|epub|tar|gem|crate|tgz|txz|tzst|gz|xz|zst)$/i;

/**
 * Reads references one after the other into memory that is used again: an artifact is valid until its sink returns. One
 * for each thread. It tells archives by their content; {@link expands} is only a guess from the name, for those who have
 * to decide before reading.
 */
export class RefReader {
  readonly #limits: ReadLimits;
  readonly #buffer = new ReadBuffer();

  constructor(limits: ReadLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  expands(path: string): boolean {
    return ARCHIVE_NAME.test(path);
  }

  /** A promise only for an archive. */
  read(ref: ArtifactRef, sink: ReadingSink): void | Promise<void> {
    const items = readArtifact(ref, this.#limits, this.#buffer);
    if (Symbol.asyncIterator in items) return drain(items, sink);
    for (const item of items) put(item, sink);
  }
}

async function drain(items: AsyncIterable<Item>, sink: ReadingSink): Promise<void> {
  for await (const item of items) put(item, sink);
}

function put(item: Item, sink: ReadingSink): void {
  if (isProblem(item)) sink.problem(item);
  else sink.artifact(item);
}
