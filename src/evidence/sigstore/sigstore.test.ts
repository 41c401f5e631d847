import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HttpRequest, Network } from '#core/ports.ts';
import { Secret } from '#core/secret.ts';
import { type BundleJson, readBundle } from '../bundle.ts';
import { newSigner, numbered } from '../fixture.ts';
import { trustKey } from '../keys/trust.ts';
import { signStatement } from '../sign.ts';
import { parseTrustedRoot, type SigstoreRoot } from '../trusted-root.ts';
import { type Verified, verifyBundle } from '../verify.ts';
import { mockSigstore, tokenFor } from './fixture.ts';
import { fulcioSigner } from './fulcio.ts';
import { rekorWitness } from './rekor.ts';
import { timestampWitness } from './timestamp.ts';

const ISSUER = 'https://issuer.example';
const HOSTS = { fulcio: 'https://fulcio.example', rekor: 'https://rekor.example', tsa: 'https://tsa.example' };

interface Mock {
  readonly network: Network;
  readonly root: SigstoreRoot;
  readonly asked: HttpRequest[];
}

let sigstore: Mock;
beforeAll(async () => {
  sigstore = await mock();
});

async function mock(): Promise<Mock> {
  const { root, answer } = await mockSigstore(HOSTS.rekor);
  const asked: HttpRequest[] = [];
  const request = async (request: HttpRequest) => {
    asked.push(request);
    const { origin, pathname } = new URL(request.url);
    const known = Object.values(HOSTS).includes(origin);
    const answered = known ? await answer(pathname, request.body ?? '') : undefined;
    if (answered === undefined) throw new Error('no answer (ENOTFOUND)');
    return answered;
  };
  return { network: { request }, asked, root: parseTrustedRoot(Buffer.from(root)) };
}

const service = (name: keyof typeof HOSTS) => ({ url: HOSTS[name], network: sigstore.network });
const witnesses = () => [timestampWitness(service('tsa')), rekorWitness(service('rekor'))];
const verifyAs = (bundle: BundleJson, subject: string, issuer = ISSUER): Verified =>
  verifyBundle(
    readBundle(bundle),
    { keys: [], identities: [{ name: 'ana', subject, issuer }], root: sigstore.root },
    { time: new Date() },
  );

describe('a statement signed by a certificate and witnessed', () => {
  const sub = 'ana@example.org';

  const sign = async (): Promise<BundleJson> =>
    await signStatement(
      numbered(1),
      await fulcioSigner(service('fulcio'), tokenFor({ sub, iss: ISSUER })),
      witnesses(),
    );

  test('is verified for its holder and issuer, at the time that was witnessed', async () => {
    const { signer, statement, witnessed } = verifyAs(await sign(), sub);
    expect(signer).toEqual({ kind: 'certificate', name: 'ana', id: sub, issuer: ISSUER });
    expect(statement).toEqual(numbered(1));
    expect(Math.abs(Date.now() - (witnessed?.getTime() ?? 0))).toBeLessThan(60_000);
  });

  test.each([
    ['another holder', 'bob@example.org', ISSUER],
    ['a holder alike', 'na@example.org', ISSUER],
    ['another issuer', sub, 'https://other.example'],
  ])('is not for %s', async (_, subject, issuer) => {
    const bundle = await sign();
    expect(() => verifyAs(bundle, subject, issuer)).toThrow(expect.objectContaining({ code: 'identity-unknown' }));
  });

  test('does not count without a trusted root', async () => {
    const bundle = readBundle(await sign());
    const trust = { keys: [], identities: [{ name: 'ana', subject: sub, issuer: ISSUER }] };
    const verify = (): unknown => verifyBundle(bundle, trust, { time: new Date() });
    expect(verify).toThrow(expect.objectContaining({ code: 'root-missing' }));
  });

  test('does not count by the root of another instance', async () => {
    const { root } = await mock();
    const bundle = readBundle(await sign());
    const trust = { keys: [], identities: [{ name: 'ana', subject: sub, issuer: ISSUER }], root };
    expect(() => verifyBundle(bundle, trust, { time: new Date() })).toThrow(
      expect.objectContaining({ name: 'Refusal' }),
    );
  });

  test('does not count without what witnessed it', async () => {
    const signer = await fulcioSigner(service('fulcio'), tokenFor({ sub, iss: ISSUER }));
    const bundle = await signStatement(numbered(1), signer);
    expect(() => verifyAs(bundle, sub)).toThrow(expect.objectContaining({ code: 'timestamp-wrong' }));
  });
});

test('a statement signed by a key can be witnessed too', async () => {
  const signer = await newSigner();
  const bundle = await signStatement(numbered(2), signer, witnesses());
  const key = trustKey(createPublicKey(signer.publicKey), 'ben', 'evidence', new Date('2026-01-01T00:00:00Z'));
  const trust = { keys: [key], identities: [], root: sigstore.root };
  expect(verifyBundle(readBundle(bundle), trust, { time: new Date() })).toMatchObject({
    signer: { name: 'ben' },
    witnessed: expect.any(Date),
  });
  // Witnessed before the key was rotated out, it counts for good.
  const retired = { ...key, validUntil: new Date(Date.now() + 60_000).toISOString() };
  const later = { time: new Date(Date.now() + 3_600_000) };
  expect(verifyBundle(readBundle(bundle), { ...trust, keys: [retired] }, later).signer.name).toBe('ben');
});

describe('a service that does not do what it is asked', () => {
  const broken = (body: string, status = 201): Network => ({
    request: async () => ({ status, headers: {}, body, bytes: Buffer.from(body) }),
  });
  const token = tokenFor({ sub: 'ana@example.org' });

  test.each<[string, () => Promise<unknown>]>([
    [
      'is out of reach',
      async () => await fulcioSigner({ url: 'https://nowhere.example', network: sigstore.network }, token),
    ],
    [
      'refuses',
      async () => await fulcioSigner({ url: HOSTS.fulcio, network: broken('{"message":"secret"}', 403) }, token),
    ],
    [
      'answers with no certificate',
      async () => await fulcioSigner({ url: HOSTS.fulcio, network: broken('{}') }, token),
    ],
    [
      'answers with no entry',
      async () => await witness(rekorWitness({ url: HOSTS.rekor, network: broken('{"a":{}}') })),
    ],
    [
      'answers with no timestamp',
      async () => await witness(timestampWitness({ url: HOSTS.tsa, network: broken('no') })),
    ],
  ])('%s: no bundle is made', async (_, work) => {
    await expect(work()).rejects.toMatchObject({
      code: 'sigstore-failed',
      message: expect.not.stringContaining('secret'),
    });
  });

  test('a certificate of another key is not taken', async () => {
    const first = await fulcioSigner(service('fulcio'), token);
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(first.certificate ?? []).toString('base64')}\n-----END CERTIFICATE-----`;
    const body = JSON.stringify({ signedCertificateEmbeddedSct: { chain: { certificates: [pem] } } });
    await expect(fulcioSigner({ url: HOSTS.fulcio, network: broken(body) }, token)).rejects.toMatchObject({
      message: expect.stringContaining('another key'),
    });
  });

  test.each(['', 'a.b.c', 'a.e30.c'])('the token %j names nobody', async (text) => {
    const work = fulcioSigner(service('fulcio'), new Secret(text));
    await expect(work).rejects.toMatchObject({ code: 'token-invalid' });
  });
});

const witness = async (one: ReturnType<typeof rekorWitness>): Promise<unknown> =>
  await signStatement(numbered(1), await newSigner(), [one]);

test('the token goes to Fulcio alone, and nothing of a statement to the others but digests and signatures', async () => {
  const token = tokenFor({ sub: 'ana@example.org', iss: ISSUER });
  sigstore.asked.length = 0;
  await signStatement(numbered(7), await fulcioSigner(service('fulcio'), token), [timestampWitness(service('tsa'))]);
  const withToken = sigstore.asked.filter(({ body = '' }) => body.includes(token.reveal()));
  expect(withToken.map(({ url }) => url)).toEqual([`${HOSTS.fulcio}/api/v2/signingCert`]);
});
