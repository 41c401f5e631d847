import { type Bundle, bundleFromJSON, bundleToJSON, envelopeToJSON } from '@sigstore/bundle';
import { z } from 'zod';
import type { Signer } from '#core/signer.ts';
import type { Witness } from '../sign.ts';
import { ask, failed, type Service } from './service.ts';

const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/);

const entrySchema = z.object({
  body: z.base64(),
  integratedTime: z.int().min(0),
  logID: hex,
  logIndex: z.int().min(0),
  verification: z.object({
    signedEntryTimestamp: z.base64().optional(),
    inclusionProof: z.object({
      checkpoint: z.string(),
      hashes: z.array(hex).max(64),
      logIndex: z.int().min(0),
      rootHash: hex,
      treeSize: z.int().min(1),
    }),
  }),
});
type LogEntry = z.infer<typeof entrySchema>;

const bodySchema = z.object({ kind: z.string(), apiVersion: z.string() });

/**
 * Has a signature witnessed by a Rekor transparency log, version 1: an entry of kind `dsse`, which holds digests and who
 * signed, not what was signed (https://github.com/sigstore/rekor/tree/main/pkg/types/dsse).
 */
export const rekorWitness =
  (rekor: Service): Witness =>
  async (bundle, signer) => {
    if (bundle.content.$case !== 'dsseEnvelope') throw new TypeError('only envelopes are witnessed');
    const envelope = JSON.stringify(envelopeToJSON(bundle.content.dsseEnvelope));
    const verifiers = [Buffer.from(verifierOf(signer), 'utf8').toString('base64')];
    const spec = { proposedContent: { envelope, verifiers } };
    const answer = await ask(rekor, '/api/v1/log/entries', { apiVersion: '0.0.1', kind: 'dsse', spec });
    return withEntry(bundle, entryOf(answer.body, rekor), rekor);
  };

/** The certificate where there is one, else the public key; either as PEM. */
function verifierOf({ certificate, publicKey }: Signer): string {
  if (certificate === undefined) return publicKey;
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function entryOf(body: string, rekor: Service): LogEntry {
  try {
    const [entry] = Object.values(JSON.parse(body) as Record<string, unknown>);
    return entrySchema.parse(entry);
  } catch (cause) {
    throw failed(rekor.url, 'the answer holds no entry of a log', cause);
  }
}

function withEntry(bundle: Bundle, entry: LogEntry, rekor: Service): Bundle {
  const { inclusionProof, signedEntryTimestamp } = entry.verification;
  const { kind, apiVersion } = bodySchema.parse(JSON.parse(Buffer.from(entry.body, 'base64').toString('utf8')));
  const json = bundleToJSON(bundle);
  const added = {
    logIndex: String(entry.logIndex),
    logId: { keyId: base64(entry.logID) },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(entry.integratedTime),
    ...(signedEntryTimestamp === undefined ? {} : { inclusionPromise: { signedEntryTimestamp } }),
    inclusionProof: {
      logIndex: String(inclusionProof.logIndex),
      rootHash: base64(inclusionProof.rootHash),
      treeSize: String(inclusionProof.treeSize),
      hashes: inclusionProof.hashes.map(base64),
      checkpoint: { envelope: inclusionProof.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
  const { verificationMaterial: material } = json;
  // The library leaves out a list that is empty.
  const tlogEntries = [...((material.tlogEntries as typeof material.tlogEntries | undefined) ?? []), added];
  try {
    return bundleFromJSON({ ...json, verificationMaterial: { ...material, tlogEntries } });
  } catch (cause) {
    throw failed(rekor.url, 'the entry cannot be part of a bundle', cause);
  }
}

const base64 = (digits: string): string => Buffer.from(digits, 'hex').toString('base64');
