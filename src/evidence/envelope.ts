import type { Bundle } from '@sigstore/bundle';
import { Refusal } from '#core/refusal.ts';
import type { Statement } from '#core/statement.ts';
import { PAYLOAD_TYPE, parseStatement } from './statement.ts';

/**
 * What a DSSE signature is over: type and payload, each with its length, so that neither can be taken for a part of the other
 * (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md).
 *
 * ```ts
 * preAuthEncoding('urn:a', Buffer.from('hello')).toString() // => 'DSSEv1 5 urn:a 5 hello'
 * ```
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/**
 * The statement in a bundle.
 *
 * @throws Refusal `payload-unknown` for a signature of bytes or of something else, and those of {@link parseStatement}
 */
export function statementOf(bundle: Bundle): Statement {
  if (bundle.content.$case !== 'dsseEnvelope') {
    throw new Refusal('payload-unknown', 'it signs bytes, and holds no statement of what they are');
  }
  const { payloadType, payload } = bundle.content.dsseEnvelope;
  if (payloadType !== PAYLOAD_TYPE) throw new Refusal('payload-unknown', 'the envelope holds no in-toto statement');
  return parseStatement(payload);
}
