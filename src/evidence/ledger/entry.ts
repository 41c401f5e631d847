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
  // Its own schema is stricter, and asked next.
  bundle: z.custom<BundleJson>((value) => typeof value === 'object' && value !== null),
  id: z.string(),
  subjects: z.array(z.string()),
  type: z.string(),
});

/**
 * The entry for a bundle.
 *
 * @throws Refusal `bundle-invalid`, `payload-unknown`, `statement-invalid`
 */
export const entryFor = (bundle: BundleJson, at: Date): Entry => entryOf(bundle, readBundle(bundle), at.toISOString());

function entryOf(json: BundleJson, bundle: Bundle, at: string): Entry {
  const statement = statementOf(bundle);
  const subjects = statement.subject.flatMap(({ digest }) => digestNames(digest));
  return {
    at,
    bundle: json,
    id: identityOf(bundle),
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

/** An entry, and its bundle as it was parsed. */
export interface OpenedEntry {
  readonly entry: Entry;
  readonly bundle: Bundle;
}

/**
 * Reads a line and holds it to what its bundle says.
 *
 * @throws Refusal `entry-invalid`, and those of {@link entryFor}
 */
export function openEntry(line: Uint8Array): OpenedEntry {
  const checked = entrySchema.safeParse(parseJson(line, 'the entry'));
  if (!checked.success) throw new Refusal('entry-invalid', 'not an entry of a ledger');
  const entry = checked.data as Entry;
  const bundle = readBundle(entry.bundle);
  if (!entryLine(entryOf(entry.bundle, bundle, entry.at)).equals(line)) {
    throw new Refusal('entry-invalid', 'the entry does not say what its bundle says');
  }
  return { entry, bundle };
}

export const parseEntry = (line: Uint8Array): Entry => openEntry(line).entry;
