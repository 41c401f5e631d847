import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gitProgram } from '#adapters/git.ts';
import type { Artifact, ArtifactRef } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import { openSource } from './index.ts';
import { type Item, isProblem } from './items.ts';
import { DEFAULT_LIMITS, type ReadLimits } from './limits.ts';
import { readArtifact } from './read.ts';
import type { Source, SourceOptions } from './source.ts';

/** A folder to be scanned, in a temporary one where a test can put what lies outside the target. For tests only. */
export class Scratch {
  readonly root = mkdtempSync(path.join(tmpdir(), 'sluice-source-'));
  readonly folder = path.join(this.root, 'target');

  constructor() {
    mkdirSync(this.folder);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** An empty target again. */
  clear(): void {
    rmSync(this.folder, { recursive: true });
    mkdirSync(this.folder);
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, content: string | Buffer = `${name}\n`): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
  }

  git(...args: string[]): string {
    return plainGit(this.folder, ...args);
  }

  commit(message = 'change'): void {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', message);
  }

  /** A merge that stopped at `a.txt`. */
  conflict(): void {
    this.write('a.txt', 'base\n');
    this.commit();
    this.git('switch', '-q', '-c', 'other');
    this.write('a.txt', 'other\n');
    this.commit();
    this.git('switch', '-q', 'main');
    this.write('a.txt', 'mine\n');
    this.commit();
    try {
      this.git('merge', '-q', 'other');
    } catch {
      // It is meant to fail.
    }
  }

  /** The target itself, opened as a folder. */
  open(options: Partial<SourceOptions> = {}, at = this.folder): Promise<Source> {
    return open({ kind: 'folder', path: at }, options);
  }
}

/** The git of this machine as a user runs it, and not as the port does. */
export function plainGit(cwd: string, ...args: string[]): string {
  const user = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...user, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

export const open = (target: Parameters<typeof openSource>[0], options: Partial<SourceOptions> = {}): Promise<Source> =>
  openSource(target, { git: gitProgram, ...options });

const missing = (): never => {
  throw new SluiceError('git-missing', 'The git program was not found.');
};

/** A machine without git. */
export const withoutGit: Git = { run: async () => missing(), stream: () => missing() };

/** Every reference, by path. */
export async function refsOf(source: Source): Promise<ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  for await (const batch of source.refs) refs.push(...batch);
  return refs.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export const pathsOf = async (source: Source): Promise<string[]> => (await refsOf(source)).map((ref) => ref.path);

/** What reading every reference gives, in the order of paths. */
export async function itemsOf(source: Source, limits: ReadLimits = DEFAULT_LIMITS): Promise<Item[]> {
  const items: Item[] = [];
  for (const ref of await refsOf(source)) for await (const item of readArtifact(ref, limits)) items.push(item);
  return items;
}

/** Path, content and added lines (`all` where all of it is new) of every artifact. */
export async function summary(source: Source): Promise<[string, string | undefined, string][]> {
  const artifacts = (await itemsOf(source)).filter((item): item is Artifact => !isProblem(item));
  return artifacts.map(({ path: name, text, added }) => [
    name,
    text?.string,
    added?.map((range) => `${range.first}-${range.last}`).join(' ') ?? 'all',
  ]);
}
