import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Digest } from '#core/statement.ts';
import { copyFile, copyFolder } from './copy.ts';
import {
  compareTrees,
  digestOfTree,
  isSame,
  parseTree,
  serializeTree,
  type TreeDifference,
  type TreeEntry,
  treeOf,
} from './tree.ts';
import { archiveKind, unpackTar } from './unpack.ts';

/*
 * The folder of an environment:
 *   releases/NAME/       a release, never changed once it has its name
 *   releases/NAME.list   its files and their digests
 *   current              a link to the live one
 *   staging/             copies that have no name yet
 */

const RELEASES = 'releases';
const CURRENT = 'current';
const STAGING = 'staging';

/** A copy of an artifact that nobody else writes to, so that what is verified is what is released. */
export interface Staged {
  /** The copy: a file, or a folder. */
  readonly path: string;
  discard(): void;
}

/** @throws SluiceError `artifact-not-found`, `artifact-unsafe` */
export async function stageArtifact(root: string, artifact: string): Promise<Staged> {
  const stats = lstatSync(artifact, { throwIfNoEntry: false });
  if (stats === undefined) throw new SluiceError('artifact-not-found', `there is no ${artifact}`);
  const own = join(root, STAGING, randomBytes(6).toString('hex'));
  const name = basename(artifact);
  mkdirSync(join(own, name), { recursive: true, mode: 0o700 });
  const discard = (): void => rmSync(own, { recursive: true, force: true });
  try {
    if (stats.isDirectory()) {
      await copyFolder(artifact, join(own, name));
      return { path: join(own, name), discard };
    }
    if (!stats.isFile()) throw new SluiceError('artifact-not-found', `${artifact} is neither a file nor a folder`);
    await copyFile(artifact, join(own, name), name);
    return { path: join(own, name, name), discard };
  } catch (error) {
    discard();
    throw error;
  }
}

/** Drafts of deployments that were killed. Only while no other deployment is at work. */
export const clearStaging = (root: string): void => rmSync(join(root, STAGING), { recursive: true, force: true });

/** A release that is in its place, whole. */
export interface Installed {
  readonly name: string;
  readonly content: string;
}

/**
 * Puts a staged artifact, or files by name, among the releases: a tar unpacked, anything else as it is. One that is there already and is
 * what it was is taken; one that was changed since is left alone if it is live, and made anew under another name.
 */
export async function installRelease(
  root: string,
  source: string | Readonly<Record<string, string>>,
  digest: Digest,
): Promise<Installed> {
  const [[algorithm, value] = ['', '']] = Object.entries(digest);
  const wanted = `${algorithm.toLowerCase()}-${value}`;
  const draft = join(root, STAGING, randomBytes(6).toString('hex'));
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  try {
    if (typeof source === 'string') await fill(draft, source);
    else
      for (const [file, content] of Object.entries(source)) writeFileSync(join(draft, file), content, { flush: true });
    const entries = treeOf(draft);
    const name = freeName(root, wanted, entries);
    const content = digestOfTree(entries);
    if (existsSync(releaseFolder(root, name))) return { name, content };
    mkdirSync(join(root, RELEASES), { recursive: true });
    writeFileSync(listFile(root, name), serializeTree(entries), { flush: true });
    syncFolders(draft);
    renameSync(draft, releaseFolder(root, name));
    syncFolder(join(root, RELEASES));
    return { name, content };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fill(folder: string, artifact: string): Promise<void> {
  if (lstatSync(artifact).isDirectory()) {
    await copyFolder(artifact, folder);
    return;
  }
  const start = Buffer.alloc(512);
  const descriptor = openSync(artifact, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  const kind = archiveKind(start);
  if (kind === undefined) await copyFile(artifact, folder, basename(artifact));
  else await unpackTar(artifact, kind, folder);
}

/** The first name that is free, or that already has exactly these files. */
function freeName(root: string, wanted: string, entries: readonly TreeEntry[]): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}.${number}`;
    const folder = releaseFolder(root, name);
    if (!existsSync(folder)) return name;
    if (isSame(compareTrees(entries, treeOf(folder)))) return name;
    if (liveRelease(root) !== name) {
      removeRelease(root, name);
      return name;
    }
  }
}

/**
 * How a release differs from what was put there. `undefined` where the list of its files is gone or was changed too: then
 * only that something differs is known.
 */
export function inspectRelease(root: string, { name, content }: Installed): TreeDifference | undefined {
  const file = listFile(root, name);
  const list = existsSync(file) ? parseTree(readFileSync(file, 'utf8')) : undefined;
  if (list === undefined || digestOfTree(list) !== content) return undefined;
  return existsSync(releaseFolder(root, name))
    ? compareTrees(list, treeOf(releaseFolder(root, name)))
    : compareTrees(list, []);
}

export const releaseFolder = (root: string, name: string): string => join(root, RELEASES, name);
const listFile = (root: string, name: string): string => join(root, RELEASES, `${name}.list`);

/** The name of the live release; `undefined` before the first. */
export function liveRelease(root: string): string | undefined {
  try {
    return basename(readlinkSync(join(root, CURRENT)));
  } catch {
    return undefined;
  }
}

/** Makes a release the live one: at every moment `current` leads to the old one or to the new one. */
export function switchTo(root: string, name: string | undefined): void {
  if (name === undefined) {
    rmSync(join(root, CURRENT), { force: true });
    return;
  }
  mkdirSync(root, { recursive: true });
  const draft = join(root, `.${CURRENT}.${randomBytes(6).toString('hex')}`);
  symlinkSync(join(RELEASES, name), draft);
  renameSync(draft, join(root, CURRENT));
  syncFolder(root);
}

/** Removes releases that are not among those to be kept, and never the live one. */
export function pruneReleases(root: string, kept: ReadonlySet<string>): void {
  const live = liveRelease(root);
  for (const entry of existsSync(join(root, RELEASES)) ? readdirSync(join(root, RELEASES)) : []) {
    const name = entry.replace(/\.list$/, '');
    if (!kept.has(name) && name !== live) removeRelease(root, name);
  }
  for (const entry of readdirSync(root))
    if (entry.startsWith(`.${CURRENT}.`)) rmSync(join(root, entry), { force: true });
}

function removeRelease(root: string, name: string): void {
  rmSync(releaseFolder(root, name), { recursive: true, force: true });
  rmSync(listFile(root, name), { force: true });
}

function syncFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) syncFolders(join(folder, entry.name));
  }
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
