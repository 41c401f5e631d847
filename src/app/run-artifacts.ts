import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { unpack } from '#pipeline/action/unpack.ts';
import { StepFailure } from '#pipeline/run/job-state.ts';
import { RunStore } from '#pipeline/run/store.ts';
import { filesOfArchive } from '#pipeline/service/archive-files.ts';
import { ArtifactStore, type StoredArtifact } from '#pipeline/service/artifact-store.ts';
import { repositoryOf } from './repository.ts';

const MOST_BYTES = 8 * 2 ** 30;
const MOST_FILES = 200_000;

/** A file that was taken out of an artifact. */
export interface TakenFile {
  /** Where it lies now. */
  readonly path: string;
  readonly sha256: string;
}

/**
 * Takes the files out of the artifacts of a run: each artifact into a folder of its name below `to`, one that is asked for
 * into `to` itself. Nothing that is there already is replaced.
 *
 * @throws SluiceError `run-not-found`, `artifact-unknown`, `file-exists`
 */
export async function takeArtifacts(
  folder: string,
  id: number | undefined,
  { artifact, to }: { readonly artifact: string | undefined; readonly to: string },
): Promise<readonly TakenFile[]> {
  const { record, path } = new RunStore(join(repositoryOf(folder), '.sluice')).get(id);
  const store = new ArtifactStore(join(path, 'artifacts'));
  const wanted = store.list().filter(({ name }) => artifact === undefined || name === artifact);
  if (wanted.length === 0) {
    const names = store.list().map(({ name }) => name);
    const hint = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`;
    throw new SluiceError(
      'artifact-unknown',
      `run ${record.id} has no artifact${artifact === undefined ? '' : ` ${artifact}`}`,
      { hint },
    );
  }
  const taken: TakenFile[] = [];
  for (const one of wanted) taken.push(...(await take(store, one, artifact === undefined ? join(to, one.name) : to)));
  return taken;
}

/** Unpacked beside the place first, so that a broken archive leaves nothing there. */
async function take(store: ArtifactStore, artifact: StoredArtifact, to: string): Promise<TakenFile[]> {
  const archive = store.fileOf(artifact);
  const files = await filesOfArchive(archive, MOST_FILES);
  const target = (path: string): string => resolve(to, path);
  const there = files.find(({ path }) => lstatSync(target(path), { throwIfNoEntry: false }) !== undefined);
  if (there !== undefined) {
    const hint = 'Name another folder with --to, or take it away.';
    throw new SluiceError('file-exists', `${join(to, there.path)} is there already`, { hint });
  }
  mkdirSync(to, { recursive: true });
  const scratch = mkdtempSync(join(to, '.sluice-'));
  try {
    await unpack(archive, scratch, MOST_BYTES);
    for (const { path } of files) {
      mkdirSync(dirname(target(path)), { recursive: true });
      renameSync(join(scratch, path), target(path));
    }
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    throw new SluiceError('artifact-broken', `${artifact.name}: ${error.message}`, { cause: error });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return files.map(({ path, sha256 }) => ({ path: join(to, path), sha256 }));
}
