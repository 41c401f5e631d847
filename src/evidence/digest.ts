import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Subject } from '#core/statement.ts';
import { imageDigest, isImageLayout } from './digest-image.ts';
import { treeDigest } from './digest-tree.ts';
import { fileDigest } from './file-bytes.ts';

/** What an artifact is, and the digest that names it from now on. */
export interface ArtifactDigest extends Subject {
  readonly kind: 'file' | 'folder' | 'image' | 'digest';
}

const SPELT = /^(sha256|sha384|sha512|gitTree|gitCommit):((?:[0-9a-f]{2}){20,64})$/;

/**
 * The digest of an artifact: of a file (an archive is one) SHA-256 of its bytes, of a folder the tree that git would write
 * with SHA-256 ({@link treeDigest}), of an OCI image layout the digest of its manifest. `sha256:…` names one that is elsewhere.
 *
 * @throws SluiceError `artifact-not-found`, `artifact-unreadable`, `artifact-changed`, `image-invalid`
 */
export function digestArtifact(artifact: string): ArtifactDigest {
  const stats = statSync(artifact, { throwIfNoEntry: false });
  const name = basename(resolve(artifact));
  if (stats === undefined) {
    const [, algorithm, value] = SPELT.exec(artifact) ?? [];
    if (algorithm !== undefined && value !== undefined) {
      return { kind: 'digest', name: artifact, digest: { [algorithm]: value } };
    }
    throw new SluiceError('artifact-not-found', `there is no ${artifact}`);
  }
  if (stats.isFile()) return { kind: 'file', name, digest: { sha256: fileDigest(artifact) } };
  if (!stats.isDirectory()) throw new SluiceError('artifact-unreadable', `${artifact} is neither a file nor a folder`);
  if (isImageLayout(artifact)) return { kind: 'image', name, digest: { sha256: imageDigest(artifact) } };
  return { kind: 'folder', name, digest: { gitTree: treeDigest(artifact) } };
}
