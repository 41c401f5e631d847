import type { Bundle } from '@sigstore/bundle';
import type { Signer } from '#core/signer.ts';
import type { Statement } from '#core/statement.ts';
import { type BundleJson, bundleJson, createBundle } from './bundle.ts';
import { preAuthEncoding } from './envelope.ts';
import { PAYLOAD_TYPE, statementBytes } from './statement.ts';

/** Somebody who saw the signature: a transparency log, a timestamp authority. Adds its proof to the bundle. */
export type Witness = (bundle: Bundle, signer: Signer) => Promise<Bundle>;

/**
 * Signs a statement in a DSSE envelope and puts it into a Sigstore bundle.
 *
 * `witnesses` are asked one after the other; the bundle of one is what the next one sees. One that fails rejects: a
 * bundle that lacks what its configuration promises is not made.
 */
export async function signStatement(
  statement: Statement,
  signer: Signer,
  witnesses: readonly Witness[] = [],
): Promise<BundleJson> {
  const payload = statementBytes(statement);
  const signature = Buffer.from(await signer.sign(preAuthEncoding(PAYLOAD_TYPE, payload)));
  let bundle: Bundle = createBundle({ payloadType: PAYLOAD_TYPE, payload, signature }, signer);
  for (const witness of witnesses) bundle = await witness(bundle, signer);
  return bundleJson(bundle);
}
