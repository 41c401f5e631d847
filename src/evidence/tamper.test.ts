import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { DSSEBundleBuilder } from '@sigstore/sign';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { describe, expect, test } from 'vitest';
import type { Signer } from '#core/signer.ts';
import { holdToSubject } from './about.ts';
import { type BundleJson, bundleJson, parseBundle, readBundle } from './bundle.ts';
import { NOW, newSigner, numbered, subjectOf } from './fixture.ts';
import { canonicalJson } from './json.ts';
import { ALGORITHMS, keyIdOf } from './keys/private-key.ts';
import { trustKey } from './keys/trust.ts';
import { signStatement } from './sign.ts';
import { PAYLOAD_TYPE, statementBytes } from './statement.ts';
import { type Trust, verifyBundle } from './verify.ts';

const trustIn = (...signers: Signer[]): Trust => ({
  keys: signers.map(({ publicKey }) => trustKey(createPublicKey(publicKey), 'ana', 'evidence', NOW)),
  identities: [],
});
const TIME = { time: NOW };

describe.each(ALGORITHMS)('a bundle signed with %s', (algorithm) => {
  test('is verified by its key, and says who signed what', async () => {
    const signer = await newSigner(algorithm);
    const bundle = readBundle(await signStatement(numbered(1), signer));
    expect(verifyBundle(bundle, trustIn(signer), TIME)).toEqual({
      signer: { kind: 'key', name: 'ana', id: signer.keyId },
      statement: numbered(1),
    });
  });

  test('is refused with any one bit of it turned', async () => {
    const signer = await newSigner(algorithm);
    const trust = trustIn(signer);
    const bytes = Buffer.from(canonicalJson(await signStatement(numbered(1), signer)));
    expect(() => verifyBundle(parseBundle(bytes), trust, TIME)).not.toThrow();
    const accepted: string[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      try {
        verifyBundle(parseBundle(turned), trust, TIME);
        accepted.push(`bit ${bit}: ${turned.toString('latin1').slice((bit >> 3) - 20, (bit >> 3) + 20)}`);
      } catch (error) {
        expect(error).toMatchObject({ name: 'Refusal' });
      }
    }
    expect(accepted).toEqual([]);
  });

  test('is accepted by the verifier of Sigstore, and refused there once it is altered', async () => {
    const signer = await newSigner(algorithm);
    const bundle = readBundle(await signStatement(numbered(1), signer));
    const key = { publicKey: createPublicKey(signer.publicKey), validFor: () => true };
    const empty = { mediaType: '', tlogs: [], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] };
    const material = toTrustMaterial(empty, () => key);
    const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
    expect(() => verifier.verify(toSignedEntity(bundle))).not.toThrow();
    if (bundle.content.$case === 'dsseEnvelope') bundle.content.dsseEnvelope.payload[10] = 0;
    expect(() => verifier.verify(toSignedEntity(bundle))).toThrow(/signature/);
  });
});

test('what the library of Sigstore signs is verified', async () => {
  const author = await newSigner();
  const key = { $case: 'publicKey', publicKey: author.publicKey, hint: author.keyId } as const;
  const signer = { sign: async (data: Buffer) => ({ key, signature: Buffer.from(await author.sign(data)) }) };
  const builder = new DSSEBundleBuilder({ signer, witnesses: [] });
  const bundle = await builder.create({ data: statementBytes(numbered(1)), type: PAYLOAD_TYPE });
  expect(verifyBundle(readBundle(bundleJson(bundle)), trustIn(author), TIME).statement).toEqual(numbered(1));
});

test.each(['P-384', 'P-521'])('a key on %s may sign with SHA-256 or the hash of its curve', async (namedCurve) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  for (const hash of ['sha256', namedCurve === 'P-384' ? 'sha384' : 'sha512', 'sha1']) {
    const signer = {
      keyId: keyIdOf(publicKey),
      publicKey: pem,
      sign: async (data: Uint8Array) => sign(hash, data, privateKey),
    };
    const bundle = readBundle(await signStatement(numbered(1), signer));
    const verifying = (): unknown => verifyBundle(bundle, trustIn(signer), TIME);
    if (hash === 'sha1') expect(verifying).toThrow(expect.objectContaining({ code: 'signature-wrong' }));
    else expect(verifying).not.toThrow();
  }
});

describe('a bundle is refused', () => {
  const refused = (bundle: BundleJson, trust: Trust, code: string, time = NOW): void => {
    expect(() => verifyBundle(readBundle(bundle), trust, { time })).toThrow(expect.objectContaining({ code }));
  };

  test('when nobody trusts its key', async () => {
    refused(await signStatement(numbered(1), await newSigner()), trustIn(await newSigner()), 'key-unknown');
  });

  test('when it names a trusted key that did not sign it', async () => {
    const [author, other] = [await newSigner(), await newSigner()];
    refused(await signStatement(numbered(1), { ...author, keyId: other.keyId }), trustIn(other), 'signature-wrong');
  });

  test('outside the validity of its key, and after it was revoked', async () => {
    const signer = await newSigner();
    const bundle = await signStatement(numbered(1), signer);
    const [key] = trustIn(signer).keys;
    if (key === undefined) throw new Error('no key');
    const retired = { ...key, validUntil: '2026-12-01T00:00:00Z' };
    const trust = (one: typeof key): Trust => ({ keys: [one], identities: [] });
    expect(verifyBundle(readBundle(bundle), trust(retired), TIME).signer.name).toBe('ana');
    refused(bundle, trust(retired), 'key-not-valid', new Date('2026-12-01T00:00:01Z'));
    refused(bundle, trust(retired), 'key-not-valid', new Date('2026-11-01T00:00:00Z'));
    refused(bundle, trust({ ...key, revoked: true }), 'key-not-valid');
  });

  test('when it is about something else, whatever the subject is called', () => {
    const statement = numbered(1, subjectOf('this', 'app.tar'));
    expect(() => holdToSubject(statement, subjectOf('this').digest)).not.toThrow();
    const other = { sha256: createHash('sha256').update('that').digest('hex') };
    expect(() => holdToSubject(statement, other)).toThrow(expect.objectContaining({ code: 'subject-differs' }));
    expect(() => holdToSubject(statement, { gitTree: '0'.repeat(64) })).toThrow();
    // One digest that agrees does not outweigh one that does not.
    const both = { ...subjectOf('this').digest, sha512: '0'.repeat(128) };
    expect(() =>
      holdToSubject(numbered(1, { name: 'a', digest: both }), { ...both, sha512: '1'.repeat(128) }),
    ).toThrow();
  });
});
