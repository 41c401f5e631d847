import { createHash } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { posix } from 'node:path';
import type { Place } from '../run/layout.ts';
import { matches, mayMatchBelow, type Pattern, parsePatterns } from './glob.ts';
import { openInside, type WalkedFile, walk } from './inside.ts';

export interface FindOptions {
  readonly hidden: boolean;
  /** A pattern that matches a folder matches all that is in it. */
  readonly descend: boolean;
}

export interface Found extends WalkedFile {
  /** As the job sees it. */
  readonly inside: string;
}

/**
 * What the patterns match below a place of a job (its workspace, its home), in code unit order. What lies elsewhere is
 * not found.
 */
export function findFiles(place: Place, patterns: readonly Pattern[], options: FindOptions): Found[] {
  const positive = patterns.filter(({ negative }) => !negative);
  const found: Found[] = [];
  const within = new Set<string>();
  const isHidden = (path: string): boolean => !options.hidden && posix.basename(path).startsWith('.');
  const insideOf = (path: string): string => posix.join(place.inside, path);
  const isWanted = (path: string): boolean => {
    let wanted = options.descend && (within.has(posix.dirname(path)) || isRoot(positive, place));
    for (const pattern of patterns) if (matches(pattern, insideOf(path))) wanted = !pattern.negative;
    return wanted;
  };
  const enter = (path: string): boolean =>
    !isHidden(path) && (within.has(path) || positive.some((pattern) => mayMatchBelow(pattern, insideOf(path))));
  for (const file of walk(place.host, enter)) {
    if (isHidden(file.path) || !isWanted(file.path)) continue;
    if (file.kind === 'folder') within.add(file.path);
    found.push({ ...file, inside: insideOf(file.path) });
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const isRoot = (patterns: readonly Pattern[], { inside }: Place): boolean =>
  patterns.some((pattern) => matches(pattern, inside));

/** `hashFiles` for a workspace. */
export const hashPlace =
  (place: Place) =>
  (patterns: readonly string[]): string =>
    hashFiles(place, patterns.join('\n'));

/**
 * `hashFiles()`: SHA-256 over the SHA-256 of each file that matches, in order; empty where none does
 * (https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions#hashfiles).
 */
function hashFiles(place: Place, patterns: string): string {
  const files = findFiles(place, parsePatterns(patterns, place.inside, '/nowhere'), { hidden: true, descend: true });
  const total = createHash('sha256');
  let count = 0;
  for (const { path, kind } of files) {
    const digest = kind === 'file' ? digestOf(place.host, path) : undefined;
    if (digest === undefined) continue;
    total.update(digest);
    count += 1;
  }
  return count === 0 ? '' : total.digest('hex');
}

function digestOf(root: string, path: string): Buffer | undefined {
  const opened = openInside(root, path);
  if (opened === undefined) return undefined;
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(2 ** 16);
    for (let read = readSync(opened.descriptor, buffer); read > 0; read = readSync(opened.descriptor, buffer)) {
      hash.update(buffer.subarray(0, read));
    }
    return hash.digest();
  } finally {
    closeSync(opened.descriptor);
  }
}
