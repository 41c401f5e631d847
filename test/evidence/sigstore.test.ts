import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type MockSigstore, mockSigstore, tokenFor } from '#evidence/sigstore/fixture.ts';
import { type Ended, project, sluice } from '../support/sluice.ts';

const SUBJECT = 'ana@example.org';
const ISSUER = 'https://issuer.example';
const WHO = ['--certificate-identity', SUBJECT, '--certificate-oidc-issuer', ISSUER];

/** The services on this machine, and a project whose sluice.yaml names them. */
async function ground() {
  let mock: MockSigstore | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const answer = await mock?.answer(request.url ?? '', Buffer.concat(chunks).toString('utf8'));
      response.writeHead(answer?.status ?? 404).end(answer?.bytes);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mock = await mockSigstore(url);
  const folder = project({
    'app.tgz': 'app',
    'root.json': mock.root,
    'sluice.yaml': `evidence: { sigstore: { fulcio: '${url}', rekor: '${url}', timestamp: '${url}' } }\n`,
    '.git/HEAD': '',
  });
  const home = join(folder, '..', 'user');
  const env = { SLUICE_HOME: home, SIGSTORE_ID_TOKEN: tokenFor({ sub: SUBJECT, iss: ISSUER }).reveal() };
  const run = (...args: string[]): Promise<Ended> => sluice(args, folder, env);
  return { folder, home, run };
}

test('a certificate signs, logs witness, and whoever holds it is verified', async () => {
  const { folder, home, run } = await ground();
  expect(await run('sign', 'app.tgz', '--sigstore')).toMatchObject({ status: 0, stderr: '' });
  const bundle = readFileSync(join(folder, 'app.tgz.sigstore.json'), 'utf8');
  expect(JSON.parse(bundle)).toMatchObject({
    verificationMaterial: {
      certificate: {},
      tlogEntries: [{}],
      timestampVerificationData: { rfc3161Timestamps: [{}] },
    },
  });
  const verify = async (...more: string[]): Promise<number | null> => (await run('verify', 'app.tgz', ...more)).status;
  expect(await verify(...WHO, '--trusted-root', 'root.json')).toBe(0);
  expect(await verify(...WHO)).toBe(2);
  expect(
    await verify('--certificate-identity', 'bob', '--certificate-oidc-issuer', ISSUER, '--trusted-root', 'root.json'),
  ).toBe(1);
  // In the ledger it counts once its holder and the root are trusted.
  expect(await verify()).toBe(1);
  mkdirSync(home, { recursive: true });
  copyFileSync(join(folder, 'root.json'), join(home, 'trusted-root.json'));
  expect((await run('evidence', 'key', 'trust', '--name', 'ana', ...WHO)).status).toBe(0);
  expect(await verify('--policy', '"ana" in evidence.signedBy')).toBe(0);
  expect((await run('evidence', 'verify')).status).toBe(0);
});

test('services that are away make no bundle, and say nothing of the token', async () => {
  const { folder, run } = await ground();
  writeFileSync(join(folder, 'sluice.yaml'), "evidence: { sigstore: { fulcio: 'http://127.0.0.1:9' } }\n");
  const ended = await run('sign', 'app.tgz', '--sigstore');
  expect(ended).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('127.0.0.1:9') });
  expect(ended.stderr).not.toContain('eyJ');
});
