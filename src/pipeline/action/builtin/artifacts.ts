import { createHash } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { StepFailure, type StepRun } from '../../run/job-state.ts';
import type { ArtifactStore, StoredArtifact } from '../../service/artifact-store.ts';
import { isInnerPath, objectionToName } from '../../service/names.ts';
import { type Found, findFiles } from '../find-files.ts';
import { matches, parsePatterns } from '../glob.ts';
import { flag, type Inputs } from '../inputs.ts';
import { openInside } from '../inside.ts';
import { refuseSecretName, refuseSecrets } from '../secrets-in.ts';
import { unpack } from '../unpack.ts';

const MOST_BYTES = 8 * 2 ** 30;
/** The time that files in an archive have: the same content is the same archive. */
const NO_TIME = new Date('1980-01-01T00:00:00Z');

/** `actions/upload-artifact`. Links are not followed and not stored. */
export async function uploadArtifact(step: StepRun, inputs: Inputs, store: ArtifactStore): Promise<void> {
  const { job } = step;
  const name = inputs['name'] === undefined || inputs['name'] === '' ? 'artifact' : inputs['name'];
  const objection = objectionToName(name);
  if (objection !== undefined) throw new StepFailure(objection);
  refuseSecretName(job.masker, name, 'The name of the artifact');
  const { workspace, home, temp } = job.layout;
  const patterns = parsePatterns(inputs['path'] ?? '', workspace.inside, home.inside);
  const options = { hidden: flag(inputs, 'include-hidden-files', false), descend: true };
  const found = [workspace, home, temp].flatMap((place) =>
    findFiles(place, patterns, options).map((file) => ({ file, place })),
  );
  const files = found.filter(({ file }) => file.kind === 'file');
  for (const { file } of found)
    if (file.kind === 'link') step.log.line(`##[warning]${file.inside} is a link and is left out.`);
  if (files.length === 0) return nothingFound(step, inputs);
  const previous = store.named(name);
  if (previous !== undefined) {
    if (!flag(inputs, 'overwrite', false)) throw new StepFailure(`An artifact named ${name} is there already.`);
    store.remove(previous);
  }
  const root = commonFolder(
    files.map(({ file }) => file),
    patterns.filter(({ negative }) => !negative).map(({ start }) => start),
  );
  for (const { file, place } of files) {
    refuseSecretName(job.masker, file.inside, 'The name of a file');
    await refuseSecrets(job.masker, place.host, file.path, file.inside);
  }
  const stored = await pack(step, name, files, root, store);
  step.log.line(`Artifact ${name}: ${files.length} files, ${stored.bytes} bytes, sha256:${stored.sha256}`);
  step.outputs.set('artifact-id', String(stored.id));
  step.outputs.set('artifact-digest', stored.sha256);
  step.outputs.set('artifact-url', '');
}

function nothingFound(step: StepRun, inputs: Inputs): void {
  const message = 'No files were found with the provided path. No artifacts will be uploaded.';
  const what = inputs['if-no-files-found'] ?? 'warn';
  if (what === 'error') throw new StepFailure(message);
  if (what !== 'ignore') step.log.line(`##[warning]${message}`);
}

/** The folder that paths in the archive start from: of one pattern, where it starts to vary; of several, what all share. */
function commonFolder(files: readonly Found[], starts: readonly string[]): string {
  const folders = starts.map((start) => (files.some(({ inside }) => inside === start) ? posix.dirname(start) : start));
  let common = folders[0]?.split('/') ?? [];
  for (const folder of folders) {
    const parts = folder.split('/');
    const end = common.findIndex((part, index) => part !== parts[index]);
    if (end >= 0) common = common.slice(0, end);
  }
  return common.join('/') || '/';
}

async function pack(
  step: StepRun,
  name: string,
  files: readonly { file: Found; place: { host: string } }[],
  root: string,
  store: ArtifactStore,
): Promise<StoredArtifact> {
  const archive = store.place(name);
  const building = `${archive}.tmp`;
  const zip = new ZipFile();
  for (const { file, place } of files) addFile(zip, place.host, file, posix.relative(root, file.inside));
  zip.end();
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new StepFailure('The artifact is too large.');
      hash.update(chunk);
      yield chunk;
    }
  };
  try {
    await pipeline(zip.outputStream as unknown as Readable, counted as never, createWriteStream(building));
    renameSync(building, archive);
  } finally {
    rmSync(building, { force: true });
  }
  const createdAt = step.job.services.now().toISOString();
  return store.add({ name, bytes, sha256: hash.digest('hex'), job: step.job.key, createdAt });
}

function addFile(zip: ZipFile, root: string, { path, inside }: Found, name: string): void {
  if (!isInnerPath(name)) throw new StepFailure(`The name of ${inside} cannot stand in an artifact.`);
  const opened = openInside(root, path);
  if (opened === undefined) throw new StepFailure(`${inside} could not be read.`);
  const { descriptor, stats } = opened;
  closeSync(descriptor);
  zip.addReadStreamLazy(name, { mtime: NO_TIME, mode: (stats.mode & 0o777) | 0o100000 }, (take) => {
    const again = openInside(root, path);
    if (again === undefined) take(new StepFailure(`${inside} went away.`), undefined as never);
    else take(null, createReadStream('', { fd: again.descriptor }));
  });
}

/** `actions/download-artifact`: one artifact into a folder, or all of them into a folder each. */
export async function downloadArtifact(step: StepRun, inputs: Inputs, store: ArtifactStore): Promise<void> {
  const { workspace, home } = step.job.layout;
  const [target] = parsePatterns(
    (inputs['path'] ?? '') === '' ? '.' : (inputs['path'] as string),
    workspace.inside,
    home.inside,
  );
  const folder = `/${target?.parts.join('/') ?? ''}`;
  const name = inputs['name'] ?? '';
  const wanted = chosen(store, name, inputs);
  if (name !== '' && wanted.length === 0) throw new StepFailure(`Artifact not found for name: ${name}`);
  const apart = name === '' && !flag(inputs, 'merge-multiple', false) && (inputs['artifact-ids'] ?? '') === '';
  for (const artifact of wanted) await fetch(step, store, artifact, apart ? posix.join(folder, artifact.name) : folder);
  step.log.line(`${wanted.length} artifacts were downloaded to ${folder}`);
  step.outputs.set('download-path', folder);
}

function chosen(store: ArtifactStore, name: string, inputs: Inputs): readonly StoredArtifact[] {
  const all = store.list();
  if (name !== '') return all.filter((artifact) => artifact.name === name);
  const ids = (inputs['artifact-ids'] ?? '').split(/[,\s]+/).filter(Boolean);
  if (ids.length > 0) return all.filter(({ id }) => ids.includes(String(id)));
  const patterns = parsePatterns(inputs['pattern'] ?? '', '/', '/');
  if (patterns.length === 0) return all;
  return all.filter((artifact) =>
    patterns.some((pattern) => matches(pattern, `/${artifact.name}`) !== pattern.negative),
  );
}

async function fetch(step: StepRun, store: ArtifactStore, artifact: StoredArtifact, to: string): Promise<void> {
  const { staging, bare } = step.job.layout;
  const folder = join(staging.host, `artifact-${artifact.id}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await unpack(store.fileOf(artifact), folder, MOST_BYTES);
    const from = bare ? folder : staging.inside;
    const mounts = bare ? [] : [{ from: folder, to: from, access: 'read' as const }];
    const script = 'mkdir -p "$2" && cp -R "$1/." "$2/"';
    const { code } = await step.tool({ argv: ['sh', '-c', script, 'copy', from, to], mounts });
    if (code !== 0) throw new StepFailure('The artifact could not be copied into the workspace.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
