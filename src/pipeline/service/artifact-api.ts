import { rmSync } from 'node:fs';
import type { ArtifactStore, StoredArtifact } from './artifact-store.ts';
import type { Blobs } from './blobs.ts';
import { objectionToName } from './names.ts';
import { type Fields, requiredField, TwirpError, type TwirpMethod, textField } from './twirp.ts';

export interface ArtifactApiOptions {
  readonly store: ArtifactStore;
  readonly blobs: Blobs;
  readonly job: string;
  readonly run: string;
  readonly now: () => Date;
  /** Why a finished archive is not kept, where it is not. */
  readonly objection: (archive: string) => Promise<string | undefined>;
  readonly isSecret: (name: string) => boolean;
  /** The whole address of an upload or a download. */
  readonly address: (token: string, ending: string) => string;
}

/** `github.actions.results.api.v1.ArtifactService`, as the client of `@actions/artifact` speaks to it. */
export function artifactApi(options: ArtifactApiOptions): Readonly<Record<string, TwirpMethod>> {
  const { store, blobs, address } = options;
  const pending = new Map<string, string>();
  const stored = (fields: Fields): StoredArtifact => {
    const found = store.named(requiredField(fields, 'name'));
    if (found === undefined) throw new TwirpError(404, 'not_found', 'there is no artifact of this name');
    return found;
  };
  return {
    CreateArtifact: (fields) => {
      const name = requiredField(fields, 'name');
      const objection = objectionToName(name);
      if (objection !== undefined) throw new TwirpError(400, 'invalid_argument', objection);
      if (options.isSecret(name)) throw new TwirpError(400, 'invalid_argument', 'the name holds a secret of the job');
      refuseTaken(store, name);
      const token = blobs.createUpload();
      pending.set(name, token);
      return { ok: true, signed_upload_url: address(token, '.zip') };
    },
    FinalizeArtifact: async (fields) => finalize(options, pending, requiredField(fields, 'name'), fields),
    ListArtifacts: (fields) => ({ artifacts: filtered(store.list(), fields).map((each) => described(each, options)) }),
    GetSignedArtifactURL: (fields) => ({
      signed_url: address(blobs.createDownload(store.fileOf(stored(fields))), '.zip'),
    }),
    DeleteArtifact: (fields) => {
      const artifact = stored(fields);
      store.remove(artifact);
      return { ok: true, artifact_id: String(artifact.id) };
    },
  };
}

function refuseTaken(store: ArtifactStore, name: string): void {
  if (store.named(name) === undefined) return;
  throw new TwirpError(409, 'already_exists', 'an artifact with this name already exists on the workflow run');
}

async function finalize(
  { store, blobs, job, now, objection }: ArtifactApiOptions,
  pending: Map<string, string>,
  name: string,
  fields: Fields,
): Promise<Fields> {
  const token = pending.get(name);
  if (token === undefined) throw new TwirpError(404, 'not_found', 'no upload of this name was started');
  // Another job may have been faster, and what it has stored does not change.
  refuseTaken(store, name);
  const blob = await blobs.take(token, store.place(name));
  if (blob === undefined) throw new TwirpError(400, 'failed_precondition', 'the upload is not complete');
  pending.delete(name);
  const claimed = textField(fields, 'hash')?.replace(/^sha256:/, '');
  if (claimed !== undefined && claimed !== blob.sha256) {
    rmSync(blob.file, { force: true });
    throw new TwirpError(400, 'invalid_argument', 'the hash does not fit what was uploaded');
  }
  const wrong = await objection(blob.file);
  if (wrong !== undefined) {
    rmSync(blob.file, { force: true });
    throw new TwirpError(400, 'invalid_argument', wrong);
  }
  const { sha256, size } = blob;
  const artifact = store.add({ name, bytes: size, sha256, job, createdAt: now().toISOString() });
  return { ok: true, artifact_id: String(artifact.id) };
}

function filtered(artifacts: readonly StoredArtifact[], fields: Fields): readonly StoredArtifact[] {
  const [name, id] = [textField(fields, 'name_filter'), textField(fields, 'id_filter')];
  return artifacts.filter(
    (each) => (name === undefined || each.name === name) && (id === undefined || String(each.id) === id),
  );
}

const described = (
  { id, name, bytes, sha256, createdAt }: StoredArtifact,
  { run, job }: ArtifactApiOptions,
): Fields => ({
  workflow_run_backend_id: run,
  workflow_job_run_backend_id: job,
  database_id: String(id),
  name,
  size: String(bytes),
  created_at: createdAt,
  digest: `sha256:${sha256}`,
});
