import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withLock } from '#adapters/lock.ts';
import type { RunImage } from '#pipeline/run/image.ts';
import { isLayout, openImage } from '#source/image/image.ts';
import type { Configuration } from './configuration.ts';

/** Another process may be unpacking the same image. */
const PATIENCE_MS = 15 * 60_000;

/**
 * The images of `actions.images`: folders with a root as they are; layouts and archives unpacked once into `cache`, by digest, and
 * shared between runs. A name without a tag stands for `latest`.
 */
export function imagesOf(
  { config, folder }: Configuration,
  cache: string,
): (image: string) => Promise<RunImage | undefined> {
  const places = new Map(
    Object.entries(config.actions.images).map(([name, place]) => [tagged(name), resolve(folder, place)]),
  );
  const known = new Map<string, Promise<RunImage>>();
  return (image) => {
    const place = places.get(tagged(image));
    if (place === undefined) return Promise.resolve(undefined);
    const found = known.get(place) ?? imageAt(place, cache);
    known.set(place, found);
    return found;
  };
}

async function imageAt(place: string, cache: string): Promise<RunImage> {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined || (found.isDirectory() && !isLayout(place))) return { root: place };
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const scratch = join(cache, `${randomBytes(6).toString('hex')}.open`);
  try {
    const image = await openImage(place, scratch);
    const name = image.digest.slice('sha256:'.length);
    const root = join(cache, name, 'root');
    await withLock(join(cache, `${name}.lock`), 'an image', () => unpackOnce(image, cache, name), PATIENCE_MS);
    return { root, digest: image.digest, config: image.config };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The folder has its name only once it is whole; drafts of processes that were killed are swept away. */
async function unpackOnce(image: { unpack(root: string): Promise<void> }, cache: string, name: string): Promise<void> {
  for (const left of readdirSync(cache)) {
    if (left.startsWith(`${name}.draft-`)) rmSync(join(cache, left), { recursive: true, force: true });
  }
  if (statSync(join(cache, name), { throwIfNoEntry: false }) !== undefined) return;
  const draft = join(cache, `${name}.draft-${process.pid}`);
  try {
    mkdirSync(join(draft, 'root'), { recursive: true, mode: 0o755 });
    await image.unpack(join(draft, 'root'));
    renameSync(draft, join(cache, name));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A name without a tag stands for `latest`. */
export const tagged = (name: string): string => (/[:@][^/]+$/.test(name) ? name : `${name}:latest`);
