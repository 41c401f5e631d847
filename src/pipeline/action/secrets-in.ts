import { closeSync, createReadStream } from 'node:fs';
import type { Masker } from '../mask/masker.ts';
import { StepFailure } from '../run/job-state.ts';
import { holdsSecret } from '../service/archive-secrets.ts';
import { openInside } from './inside.ts';

/**
 * Refuses a name that holds a secret of the job: names of artifacts, of files in them and of caches stand in what is kept
 * of a run, and in its provenance.
 *
 * @throws StepFailure that does not repeat the name
 */
export function refuseSecretName(masker: Masker, name: string, what: string): void {
  if (masker.mask(name) !== name) throw new StepFailure(`${what} holds a secret of this job, and nothing is stored.`);
}

/**
 * Refuses a file of a job that holds one of the secrets it was given, before it goes into an artifact or a cache: what
 * leaves a job there is read by others.
 *
 * @throws StepFailure naming the file
 */
export async function refuseSecrets(masker: Masker, root: string, path: string, shown: string): Promise<void> {
  const opened = openInside(root, path);
  if (opened === undefined) return;
  try {
    const content = createReadStream('', { fd: opened.descriptor, autoClose: false }) as AsyncIterable<Buffer>;
    if (await holdsSecret(masker, content))
      throw new StepFailure(`${shown} holds a secret of this job, and is not stored.`);
  } finally {
    closeSync(opened.descriptor);
  }
}
