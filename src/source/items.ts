import type { Artifact, ArtifactRef } from '#core/artifact.ts';
import type { Problem } from '#core/problem.ts';
import { recognise } from './content.ts';
import { type ReadLimits, sizeText } from './limits.ts';

/** What reading a reference yields. Tell them apart by {@link isProblem}. */
export type Item = Artifact | Problem;

export const isProblem = (item: Item): item is Problem => 'code' in item;

/** An artifact with its content recognised. */
export function artifactOf(ref: Pick<ArtifactRef, 'path' | 'origin' | 'added'>, bytes: Buffer): Artifact {
  const { text, encoding } = recognise(bytes);
  // git counted the line breaks of what it takes for 8-bit text, so in UTF-16 its numbers mean nothing.
  const added = encoding === 'utf-16le' || encoding === 'utf-16be' ? undefined : ref.added;
  return {
    path: ref.path,
    origin: ref.origin,
    text,
    bytes,
    ...(encoding === undefined ? {} : { encoding }),
    ...(added === undefined ? {} : { added }),
  };
}

/** A binary artifact, of which no more than the start is kept. */
export const binary = (ref: Pick<ArtifactRef, 'path' | 'origin'>, start: Buffer): Artifact => ({
  path: ref.path,
  origin: ref.origin,
  text: undefined,
  bytes: start,
});

/** Text past the limit. */
export const tooLarge = (path: string, limits: ReadLimits): Problem => ({
  code: 'file-too-large',
  message: `Not read, because it is text of more than ${sizeText(limits.maxFileBytes)}.`,
  hint: 'Exclude it, or raise the limit for files in the configuration.',
  path,
});
