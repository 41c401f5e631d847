import type { Bundle } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { Refusal } from '#core/refusal.ts';
import type { Digest, Statement } from '#core/statement.ts';
import { sameDigest } from './statement.ts';

/**
 * Holds a statement to an artifact: one of its subjects must be the artifact, by digest. A subject's name is no proof.
 *
 * @throws Refusal `subject-differs`
 */
export function holdToSubject(statement: Statement, artifact: Digest): void {
  if (statement.subject.some(({ digest }) => sameDigest(digest, artifact))) return;
  throw new Refusal(
    'subject-differs',
    'the statement is about something else: no subject has the digest of the artifact',
  );
}

/**
 * Holds a signature of bytes to an artifact, by the digest that stands in the bundle.
 *
 * @throws Refusal `subject-differs`
 */
export function holdToDigest({ content }: Bundle, artifact: Digest): void {
  if (content.$case !== 'messageSignature') return;
  const { algorithm, digest } = content.messageSignature.messageDigest;
  // Other algorithms are checked by the signature itself.
  if (algorithm !== HashAlgorithm.SHA2_256 || artifact['sha256'] === digest.toString('hex')) return;
  throw new Refusal('subject-differs', 'the signature is of something else: its digest is not that of the artifact');
}
