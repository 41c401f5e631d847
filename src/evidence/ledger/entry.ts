import { createHash } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { z } from 'zod';
import { order } from '#core/order.ts';
import { Refusal } from '#core/refusal.ts';
import type { Digest, JsonObject } from '#core/statement.ts';
import { type BundleJson, readBundle } from '../bundle.ts';
import { statementOf } from '../envelope.ts';
import { canonicalJson, parseJson } from '../json.ts';
import { timestamp } from '../statement.ts';

/**
 * One entry of a ledger. Its leaf is its line: canonical JSON. `id`, `subjects` and `type` say again what the bundle says,
 * so that a ledger can be searched without decoding it; an audit holds them to it.
 */
export interface Entry {
  /** When the ledger took it, by the clock of the machine. */
  readonly at: string;
  readonly bundle: BundleJson;
  /** The same statement signed by the same signer has the same id, however often it is signed. */
  readonly id: string;
  /** `algorithm:hexadecimal`, sorted. */
  readonly subjects: readonly string[];
  readonly type: string;
}

const entrySchema = z.strictObject({
  at: timestamp,
  bundle: z.record(z.string(), z.json()),
  id: z.string(),
  subjects: z.array(z.string()),
  type: z.string(),
});

/**
 * The entry for a bundle.
 *
 * @throws Refusal `bundle-invalid`, `payload-unknown`, `statement-invalid`
 */
export function entryFor(bundle: BundleJson, at: Date): Entry {
  const parsed = readBundle(bundle);
  const statement = statementOf(parsed);
  const subjects = statement.subject.flatMap(({ digest }) => digestNames(digest));
  return {
    at: at.toISOString(),
    bundle,
    id: identityOf(parsed),
    subjects: [...new Set(subjects)].toSorted(order),
    type: statement.predicateType,
  };
}

/** A digest as `algorithm:hexadecimal`, one for each algorithm. */
export const digestNames = (digest: Digest): string[] =>
  Object.entries(digest).map(([algorithm, value]) => `${algorithm}:${value}`);

function identityOf({ content, verificationMaterial }: Bundle): string {
  if (content.$case !== 'dsseEnvelope') throw new TypeError('no envelope');
  const material = verificationMaterial.content;
  const hash = createHash('sha256').update(createHash('sha256').update(content.dsseEnvelope.payload).digest());
  if (material.$case === 'publicKey') hash.update(`key ${material.publicKey.hint}`);
  else {
    const [certificate] =
      material.$case === 'certificate' ? [material.certificate] : material.x509CertificateChain.certificates;
    hash.update('certificate ').update(certificate?.rawBytes ?? '');
  }
  return hash.digest('hex');
}

/** The line of an entry, without its line break. */
export const entryLine = (entry: Entry): Buffer => Buffer.from(canonicalJson(entry as unknown as JsonObject), 'utf8');

/**
 * Reads a line and holds it to what its bundle says.
 *
 * @throws Refusal `entry-invalid`, and those of {@link entryFor}
 */
export function parseEntry(line: Uint8Array): Entry {
  const checked = entrySchema.safeParse(parseJson(line, 'the entry'));
  if (!checked.success) throw new Refusal('entry-invalid', 'not an entry of a ledger');
  const entry = checked.data as Entry;
  if (!entryLine(entryFor(entry.bundle, new Date(entry.at))).equals(Buffer.from(line))) {
    throw new Refusal('entry-invalid', 'the entry does not say what its bundle says');
  }
  return entry;
}
