import { type Bundle, bundleFromJSON, bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { Refusal } from '#core/refusal.ts';
import type { Signer } from '#core/signer.ts';
import type { Json, JsonObject } from '#core/statement.ts';
import { bundleSchema } from './bundle-schema.ts';
import { parseJson } from './json.ts';
import { whyNot } from './statement.ts';

/** A bundle as JSON: what is stored, exported and handed to other tools. */
export type BundleJson = JsonObject;

/** A signed envelope, before it is a bundle. */
export interface SignedEnvelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/**
 * Puts an envelope and who signed it into a Sigstore bundle, version 0.3
 * (https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto).
 *
 * The key is named once, in the bundle and as other tools name it. The envelope has a place for a name as well, which
 * nothing signs and which libraries fill with hashes of different kinds; cosign refuses those of others, so it stays empty.
 */
export function createBundle({ payloadType, payload, signature }: SignedEnvelope, signer: Signer): Bundle {
  const { certificate, keyId } = signer;
  const held = certificate === undefined ? { keyHint: hintOf(keyId) } : { certificate: Buffer.from(certificate) };
  const bundle = toDSSEBundle({ artifact: payload, artifactType: payloadType, signature, ...held });
  const dsseEnvelope = { payloadType, payload, signatures: [{ sig: signature, keyid: '' }] };
  return { ...bundle, content: { $case: 'dsseEnvelope', dsseEnvelope } };
}

/** How bundles name a key: the hash that is its id, in base64. */
export const hintOf = (keyId: string): string => Buffer.from(keyId, 'hex').toString('base64');

/** A bundle as plain JSON, without the keys that hold nothing. */
export const bundleJson = (bundle: Bundle): BundleJson =>
  JSON.parse(JSON.stringify(bundleToJSON(bundle))) as BundleJson;

/**
 * Reads a bundle that somebody else wrote.
 *
 * @throws Refusal `json-invalid`, `bundle-invalid`
 */
export const parseBundle = (bytes: Uint8Array): Bundle => readBundle(parseJson(bytes, 'the bundle'));

/**
 * The same for JSON that was parsed already.
 *
 * @throws Refusal `bundle-invalid`
 */
export function readBundle(json: Json): Bundle {
  const checked = bundleSchema.safeParse(json);
  if (!checked.success) throw new Refusal('bundle-invalid', `not a Sigstore bundle: ${whyNot(checked.error)}`);
  try {
    return bundleFromJSON(json);
  } catch (cause) {
    throw new Refusal('bundle-invalid', 'not a Sigstore bundle: it lacks what its version asks for', cause);
  }
}
