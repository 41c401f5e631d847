import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, sluice } from '../support/sluice.ts';
import { as, ground } from './ground.ts';

/** Without what differs from run to run. */
const lasting = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{64}/g, 'DIGEST')
    .replaceAll(/\b[0-9a-f]{12,32}\b/g, 'HASH')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+Z| UTC)?/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY')
    .replaceAll(/(?:[\w.-]+)@[\w.-]+/g, 'NAME');

test('what is signed is verified, by the ledger, by its bundle and by the public key', async () => {
  const { folder, run } = ground();
  const signed = await run('sign', 'app.tgz');
  expect(signed).toMatchObject({ status: 0, stderr: '' });
  expect(lasting(signed.stdout)).toMatchSnapshot();
  expect(await run('verify', 'app.tgz')).toMatchObject({ status: 0 });
  expect(await run('verify', 'app.tgz', '--bundle', 'app.tgz.sigstore.json')).toMatchObject({ status: 0 });
  writeFileSync(join(folder, 'key.pub'), (await run('evidence', 'key', 'show', '--public')).stdout);
  const stranger = as(folder, 'eve');
  const bundle = ['--bundle', 'app.tgz.sigstore.json'];
  expect(await stranger.run('verify', 'app.tgz', ...bundle, '--key', 'key.pub')).toMatchObject({ status: 0 });
  expect(await stranger.run('verify', 'app.tgz', '--key', 'key.pub')).toMatchObject({ status: 0 });
  expect(await stranger.run('verify', 'app.tgz', ...bundle)).toMatchObject({ status: 1 });
  expect(await stranger.run('verify', 'app.tgz')).toMatchObject({ status: 1 });
});

test('what was changed since is refused, with the reason', async () => {
  const { folder, run } = ground();
  await run('sign', 'app.tgz');
  await run('sign', 'dist');
  writeFileSync(join(folder, 'app.tgz'), 'another app');
  const ended = await run('verify', 'app.tgz', '--bundle', 'app.tgz.sigstore.json');
  expect(ended.status).toBe(1);
  expect(lasting(ended.stdout)).toMatchSnapshot();
  expect((await run('verify', 'app.tgz')).status).toBe(1);
  expect((await run('verify', 'dist')).status).toBe(0);
  writeFileSync(join(folder, 'dist/more.js'), '');
  expect((await run('verify', 'dist')).status).toBe(1);
});

test('a policy asks for evidence', async () => {
  const { run } = ground();
  await run('attest', 'app.tgz', '--type', 'cyclonedx', '--predicate', 'sbom.json');
  const asked = async (policy: string, ...more: string[]): Promise<number | null> =>
    (await run('verify', 'app.tgz', '--policy', policy, ...more)).status;
  expect(await asked('evidence.sbom.present && evidence.sbom.components == 1')).toBe(0);
  expect(await asked('evidence.approvals.size() >= 1')).toBe(1);
  await run('approve', 'app.tgz', 'production', '--comment', 'read it', '--for', '48');
  expect(await asked('evidence.approvals.size() >= 1')).toBe(0);
  expect(await asked('evidence.approvals.size() >= 1', '--environment', 'staging')).toBe(1);
  const misspelt = await run('verify', 'app.tgz', '--policy', 'evidence.sbom.presnt');
  expect(misspelt).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean `present`?') });
});

test('the rules of an environment are asked without deploying to it', async () => {
  const { folder, run } = ground();
  const rule = { name: 'bill', when: '!evidence.sbom.present', message: 'No bill of materials.' };
  const environments = {
    shop: { kind: 'folder', folder: 'out', rules: [rule] },
    strict: { kind: 'folder', folder: 'out' },
  };
  writeFileSync(join(folder, 'sluice.yaml'), JSON.stringify({ environments }));
  await run('sign', 'app.tgz');
  const refused = await run('verify', 'app.tgz', '--environment', 'shop');
  expect(refused).toMatchObject({ status: 1, stdout: expect.stringContaining('bill: No bill of materials.') });
  await run('attest', 'app.tgz', '--type', 'cyclonedx', '--predicate', 'sbom.json');
  expect((await run('verify', 'app.tgz', '--environment', 'shop')).status).toBe(0);
  const strict = await run('verify', 'app.tgz', '--environment', 'strict');
  expect(strict).toMatchObject({ status: 1, stdout: expect.stringContaining('built-where-we-saw') });
  expect((await run('verify', 'app.tgz', '--environment', 'nowhere')).status).toBe(2);
});

test('two people approve: the bundle of one is kept in the ledger of the other', async () => {
  const { folder, run } = ground();
  const ben = as(folder, 'ben');
  await run('approve', 'app.tgz', 'production');
  await ben.run('approve', 'app.tgz', 'production', '--no-ledger', '-o', 'ben.json');
  writeFileSync(join(folder, 'ben.pub'), (await ben.run('evidence', 'key', 'show', '--public')).stdout);
  expect(await run('evidence', 'import', 'ben.json')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('nobody trusts'),
  });
  await run('evidence', 'key', 'trust', 'ben.pub', '--name', 'ben');
  expect(await run('evidence', 'import', 'ben.json')).toMatchObject({ status: 0 });
  expect(await run('evidence', 'import', 'ben.json')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('already'),
  });
  expect((await run('verify', 'app.tgz', '--policy', 'evidence.approvals.size() == 2')).status).toBe(0);
  await run('evidence', 'key', 'revoke', 'ben');
  expect((await run('verify', 'app.tgz', '--policy', 'evidence.approvals.size() == 2')).status).toBe(1);
});

test('the ledger is shown, exported and verified', async () => {
  const { folder, run, json } = ground();
  await run('sign', 'app.tgz');
  await run('attest', 'app.tgz', '--type', 'urn:example:review', '--predicate', 'sbom.json');
  await run('sign', 'dist');
  expect(lasting((await run('evidence', 'log')).stdout)).toMatchSnapshot();
  expect(await json('evidence', 'log', 'app.tgz')).toMatchObject({ entries: [{ index: 0 }, { index: 1 }] });
  expect(await json('evidence', 'log', '--type', 'signature')).toMatchObject({ entries: [{ index: 0 }, { index: 2 }] });
  expect(lasting((await run('evidence', 'show', '2')).stdout)).toMatchSnapshot();
  expect(await run('evidence', 'show', '3')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no entry 3'),
  });
  expect(await json('evidence', 'verify')).toMatchObject({ outcome: 'pass', size: 3, faults: [] });
  await run('evidence', 'export', 'app.tgz', '-o', 'export.json');
  const exported = JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8')) as { entries: unknown[] };
  expect(exported).toMatchObject({ version: 1, checkpoint: expect.stringContaining('\n3\n') });
  expect(exported.entries).toHaveLength(2);
});

describe('sluice evidence verify', () => {
  test.each<[string, (ledger: string) => void, number, string]>([
    [
      'an edit',
      (ledger) => edit(ledger, (lines) => lines.map((line) => line.replace('"at":"2', '"at":"3'))),
      1,
      'from entry 0',
    ],
    ['a cut', (ledger) => edit(ledger, (lines) => lines.slice(0, 1)), 1, '1 of the 2 entries'],
    ['another order', (ledger) => edit(ledger, (lines) => lines.toReversed()), 1, 'from entry 0'],
    ['the loss of all of it', (ledger) => rmSync(ledger, { recursive: true }), 1, 'is gone'],
    ['a torn write, which is none', (ledger) => edit(ledger, (lines) => [...lines, '{"at"']), 0, 'interrupted'],
  ])('notices %s', async (_, spoil, status, said) => {
    const { folder, run } = ground();
    await run('sign', 'app.tgz');
    await run('sign', 'dist');
    spoil(join(folder, '.sluice/ledger'));
    const ended = await run('evidence', 'verify');
    expect(ended).toMatchObject({ status, stdout: expect.stringContaining(said) });
  });

  test('a ledger that was lost on purpose can be forgotten', async () => {
    const { folder, run } = ground();
    await run('sign', 'app.tgz');
    rmSync(join(folder, '.sluice'), { recursive: true });
    expect(await run('sign', 'dist')).toMatchObject({ status: 1, stderr: expect.stringContaining('is gone') });
    await run('evidence', 'forget');
    expect(await run('sign', 'dist')).toMatchObject({ status: 0 });
  });
});

function edit(ledger: string, change: (lines: string[]) => string[]): void {
  const file = join(ledger, 'entries.jsonl');
  writeFileSync(file, change(readFileSync(file, 'utf8').trimEnd().split('\n')).join('\n').concat('\n'));
}

describe('keys', () => {
  test('are rotated, and what the old one signed still counts', async () => {
    const { run, json, folder } = ground();
    await run('evidence', 'key', 'create', '--name', 'ana', '--algorithm', 'ed25519');
    await run('sign', 'app.tgz');
    await run('evidence', 'key', 'rotate');
    await run('sign', 'dist');
    expect(await json('verify', 'app.tgz')).toMatchObject({ outcome: 'pass', evidence: { signedBy: ['ana'] } });
    // The bundle alone proves no time; the ledger that took it does.
    const byBundle = ['verify', 'app.tgz', '--bundle', 'app.tgz.sigstore.json'];
    expect((await run(...byBundle)).status).toBe(0);
    renameSync(join(folder, '.sluice'), join(folder, 'away'));
    expect(await run(...byBundle)).toMatchObject({ status: 1, stdout: expect.stringContaining('nothing proves') });
    renameSync(join(folder, 'away'), join(folder, '.sluice'));
    expect(await json('evidence', 'verify')).toMatchObject({ outcome: 'pass', signers: { ana: 2 } });
    expect(lasting((await run('evidence', 'key', 'show')).stdout.replaceAll(folder, 'FOLDER'))).toContain('yours');
  });

  test('under a passphrase are of no use without it', async () => {
    const { folder, home } = ground();
    const withPassphrase = (value: string, ...args: string[]): Promise<Ended> =>
      sluice(args, folder, { SLUICE_HOME: home, SLUICE_KEY_PASSPHRASE: value });
    await withPassphrase('one two', 'evidence', 'key', 'create', '--sealed', '--name', 'ana');
    expect((await withPassphrase('one two', 'sign', 'app.tgz')).status).toBe(0);
    expect(await withPassphrase('', 'sign', 'dist')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('SLUICE_KEY_PASSPHRASE'),
    });
    expect((await withPassphrase('one', 'sign', 'dist')).status).toBe(2);
    // Whoever verifies needs none.
    expect((await withPassphrase('', 'verify', 'app.tgz')).status).toBe(0);
  });
});

test.each<[string, string[]]>([
  ['an artifact that is not there', ['sign', 'nothing.tgz']],
  ['a predicate that is not there', ['attest', 'app.tgz', '--type', 'tests', '--predicate', 'nothing.json']],
  ['a predicate of another shape', ['attest', 'app.tgz', '--type', 'tests', '--predicate', 'sbom.json']],
  ['an environment with no name', ['approve', 'app.tgz', 'Not A Name']],
  ['half an identity', ['verify', 'app.tgz', '--bundle', 'x', '--certificate-identity', 'a']],
  ['a key without a bundle', ['verify', 'app.tgz', '--key', 'sbom.json']],
  ['a bundle that is not there', ['verify', 'app.tgz', '--bundle', 'nothing.json']],
  ['a key that is none', ['verify', 'app.tgz', '--bundle', 'sbom.json', '--key', 'sbom.json']],
  ['services that nobody named', ['sign', 'app.tgz', '--sigstore']],
  ['no ledger to look into', ['evidence', 'log']],
  ['nobody to trust', ['evidence', 'key', 'trust', '--name', 'x']],
])('%s is a mistake of the user', async (_, args) => {
  const { run, folder } = ground();
  const { status, stdout, stderr } = await run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.replaceAll(folder, 'FOLDER')).toMatchSnapshot();
});

test('a bundle that is none is refused, not a mistake', async () => {
  const { run } = ground();
  await run('evidence', 'key', 'create');
  const ended = await run('verify', 'app.tgz', '--bundle', 'sbom.json');
  expect(ended).toMatchObject({ status: 1, stderr: '', stdout: expect.stringContaining('not a Sigstore bundle') });
});
