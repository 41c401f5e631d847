import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#core/refusal.ts';
import { holdToDigest, holdToSubject } from './about.ts';
import { parseBundle } from './bundle.ts';
import { readPublicKey, trustKey } from './keys/trust.ts';
import { parseTrustedRoot } from './trusted-root.ts';
import { type Trust, verifyBundle } from './verify.ts';

/*
 * The public cases of github.com/sigstore/sigstore-conformance: SLUICE_CORPUS_SIGSTORE is its `test/assets/bundle-verify`,
 * with the trusted root of the public instance beside it as `trusted_root.json`.
 */
const folder = process.env['SLUICE_CORPUS_SIGSTORE'];
const cases =
  folder === undefined
    ? []
    : readdirSync(folder).filter((name) => existsSync(join(folder, name, 'bundle.sigstore.json')));

const BEACON = 'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon';
const IDENTITY = `${BEACON}/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main`;
const ISSUER = 'https://token.actions.githubusercontent.com';

function verifyCase(path: string): void {
  const read = (...names: string[]): Buffer | undefined => {
    const found = names.map((name) => join(path, name)).find(existsSync);
    return found === undefined ? undefined : readFileSync(found);
  };
  const artifact = read('artifact', '../a.txt') as Buffer;
  const root = parseTrustedRoot(read('trusted_root.json', '../trusted_root.json') as Buffer);
  const pem = read('key.pub')?.toString();
  const key = pem === undefined ? undefined : readPublicKey(pem);
  if (pem !== undefined && key === undefined) throw new Refusal('key-invalid', 'not a public key');
  const subject = read('identity')?.toString().trim() ?? IDENTITY;
  const issuer = read('issuer')?.toString().trim() ?? ISSUER;
  const trust: Trust = {
    keys: key === undefined ? [] : [trustKey(key, 'case', 'evidence', new Date(0))],
    identities: key === undefined ? [{ name: 'case', subject, issuer }] : [],
    root,
  };
  const bundle = parseBundle(read('bundle.sigstore.json') as Buffer);
  const digest = { sha256: createHash('sha256').update(artifact).digest('hex') };
  const sole = key === undefined ? {} : { soleKey: true as const };
  const verified = verifyBundle(bundle, trust, { time: new Date(), artifact: () => [artifact], ...sole });
  holdToDigest(bundle, digest);
  if (verified.statement !== undefined) holdToSubject(verified.statement, digest);
}

describe.skipIf(folder === undefined)('the conformance suite of Sigstore (SLUICE_CORPUS_SIGSTORE)', () => {
  test('has cases', () => expect(cases.length).toBeGreaterThan(60));

  test.each(cases)('%s', (name) => {
    const verifying = (): void => verifyCase(join(folder ?? '', name));
    if (name.endsWith('_fail')) expect(verifying).toThrow(expect.objectContaining({ name: 'Refusal' }));
    else expect(verifying).not.toThrow();
  });
});
