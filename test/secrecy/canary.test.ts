import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commit, git } from '../support/repository.ts';
import { githubToken, jwt, privateKey, random } from '../support/secrets.ts';
import { type Ended, sluice, write } from '../support/sluice.ts';
import { Traces } from './traces.ts';

/*
 * No secret ever leaves. A repository full of them goes through every command and every format; then every byte that came
 * out is searched for them.
 */

const SECRETS = {
  'provider token': githubToken('canary provider'),
  'token before another': githubToken('canary first'),
  'token after another': `npm_${random('canary second', 36)}`,
  'cloud key': `AK${'IA'}${random('canary aws', 64)
    .toUpperCase()
    .replaceAll(/[^A-Z2-7]/g, '')
    .slice(0, 16)}`,
  'cloud secret': random('canary aws secret', 40),
  'password in a URL': random('canary url', 22),
  'password of no provider': random('canary generic', 26),
  'private key': privateKey(),
  'web token': jwt('canary').split('.').slice(1).join('.'),
  'token in base64': githubToken('canary base64'),
  'token in UTF-16': githubToken('canary utf16'),
  'token in an archive': githubToken('canary zip'),
  'token of history': githubToken('canary history'),
  'token of another author': githubToken('canary author'),
  'staged token': githubToken('canary staged'),
  'token set aside': githubToken('canary aside'),
  'token in a reason': githubToken('canary reason'),
  'token in a wrong directive': githubToken('canary directive'),
  'token in an ignore file': githubToken('canary ignore'),
  'token in the configuration': githubToken('canary configuration'),
  'token in a broken file': githubToken('canary broken'),
  'token in a file name': githubToken('canary name'),
  'token under that name': githubToken('canary named'),
  'password in an address': random('canary address', 24),
} as const;
type Name = keyof typeof SECRETS;

const parent = mkdtempSync(join(tmpdir(), 'sluice-canary-'));
const folder = join(parent, 'project');
const out = join(parent, 'out');
const traces = new Traces(SECRETS);
const of = (name: Name): string => SECRETS[name];
const FORMATS = 'json sarif html junit csv github markdown gitlab-secrets gitlab-sast gitlab-codequality'.split(' ');

const FILES = (): Record<string, string | Buffer> => ({
  'provider.js': `const token = '${of('provider token')}';\n`,
  'two.env': `A=${of('token before another')} B=${of('token after another')}\n`,
  'credentials.ini': `aws_access_key_id = ${of('cloud key')}\naws_secret_access_key = ${of('cloud secret')}\n`,
  'database.yaml': `url: postgres://shop:${of('password in a URL')}@db.shop.internal:5432/shop\n`,
  'settings.py': `DATABASE_PASSWORD = "${of('password of no provider')}"\n`,
  'server.pem': of('private key'),
  'session.txt': `Authorization: Bearer ${jwt('canary')}\n`,
  'encoded.txt': `payload = "${Buffer.from(`token=${of('token in base64')}`).toString('base64')}"\n`,
  'windows.txt': Buffer.from(`\uFEFFtoken = "${of('token in UTF-16')}"\r\n`, 'utf16le'),
  'aside.py': `token = "${of('token set aside')}" # sluice: allow secrets/* -- a test value\n`,
  'reason.py': `token = "${of('token set aside')}" # sluice: allow secrets/* -- it is ${of('token in a reason')}\n`,
  [`${of('token in a file name')}.txt`]: `token = "${of('token under that name')}"\n`,
  'wrong.py': `x = 1 # sluice: allow ${of('token in a wrong directive')} until never\n`,
  '.gitleaksignore': `${of('token in an ignore file')}\nnot:a:fingerprint:${of('token in an ignore file')}\n`,
  'sluice.yaml': `# ${of('token in the configuration')}\nversion: 1\nscan: { exclude: ["${of('token in the configuration')}"] }\n`,
});

const ended: (Ended & { readonly command: string })[] = [];
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const result = await sluice(args, folder, { GITHUB_STEP_SUMMARY: join(out, 'summary.md'), ...env });
  ended.push({ ...result, command: args.join(' ') });
  return result;
}

const reports = (name: string): string[] => [
  'text',
  ...FORMATS.map((format) => `${format}=${join(out, `${name}.${format}`)}`),
];

beforeAll(() => {
  execFileSync('mkdir', [folder, out]);
  git(folder, 'init', '--quiet');
  commit(folder, { 'gone.txt': `token = "${of('token of history')}"\n` }, 'add');
  commit(folder, { 'gone.txt': '' }, 'remove');
  write(folder, { member: `token = "${of('token in an archive')}"\n` });
  // A zip made by the python of every Debian; it needs no package of its own.
  execFileSync('python3', ['-m', 'zipfile', '-c', 'backup.zip', 'member'], { cwd: folder });
  rmSync(join(folder, 'member'));
  commit(folder, FILES(), 'everything');
  write(folder, { 'staged.txt': `token = "${of('staged token')}"\n` });
  git(folder, 'add', 'staged.txt');
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test('the search finds a secret in every form, and nothing where there is none', () => {
  const secret = of('provider token');
  for (const form of [
    secret,
    secret.slice(6, 20),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('hex'),
    ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${secret}`).toString('base64')),
  ]) {
    expect(traces.in(`before ${form} after`), form).not.toEqual([]);
  }
  expect(traces.in(`token ${secret.slice(0, 6)}********`)).toEqual([]);
});

describe('every command', () => {
  test.each([
    ['scan', 1, ['scan', '--verbose', '--format', ...reports('scan')]],
    ['a second scan, from the cache', 1, ['scan', '--no-baseline', '--format', ...reports('cached')]],
    ['history', 1, ['scan', '--history', '--verbose', '--format', ...reports('history')]],
    ['staged', 1, ['scan', '--staged', '--format', ...reports('staged')]],
    ['since', 1, ['scan', '--since', 'HEAD~1', '--format', ...reports('since')]],
    ['baseline', 0, ['baseline']],
    ['with a baseline', 3, ['scan', '--format', ...reports('baseline')]],
    ['history baseline', 0, ['baseline', '--history', '--output', join(out, 'history-baseline.json')]],
    ['config check', 0, ['config', 'check']],
    ['checks', 0, ['checks', '--json']],
    ['explain', 0, ['explain', 'json-web-token']],
    ['init', 2, ['init']],
  ] as const)('%s', async (_, status, args) => {
    const result = await run(args);
    expect(result.stderr).toEqual(status === 2 ? expect.any(String) : '');
    expect(result.status).toBe(status);
  });

  test('found what was planted, so that finding no trace means something', () => {
    const { findings } = JSON.parse(readFileSync(join(out, 'scan.json'), 'utf8'));
    const paths = new Set(findings.flatMap((finding: { location: { path: string } }) => [finding.location.path]));
    for (const path of Object.keys(FILES()).filter((name) => !/wrong|reason|ignore|gh.*txt/.test(name))) {
      expect(paths).toContain(path);
    }
    expect(paths).toContain('backup.zip!member');
    expect(readFileSync(join(out, 'history.json'), 'utf8')).toContain('"gone.txt"');
  });

  test.each([
    ['sluice.yaml', 'scan', (secret: string) => `${secret}: 1\n`],
    ['sluice.yaml', 'scan', (secret: string) => `version: "${secret}"\n`],
    ['sluice.yaml', 'scan', (secret: string) => `scan: { families: [${secret}] }\n`],
    ['sluice.yaml', 'scan', (secret: string) => `a: ${secret}\nb: [${secret}\n`],
    ['sluice.yaml', 'scan', (secret: string) => `a: &${secret} 1\nb: *${secret}x\n`],
    ['sluice.yaml', 'config check', (secret: string) => `${secret}: 1\nscan: { exclude: ${secret} }\n`],
    ['sluice.yaml', 'scan', (secret: string) => `policy: { rules: [{ name: a, when: 'x == ${secret}' }] }\n`],
    ['sluice.yaml', 'scan', (secret: string) => `policy: { rules: [{ name: a, when: 'finding.${secret}' }] }\n`],
    ['sluice.yaml', 'scan', (secret: string) => `policy: { rules: [{ name: a, when: '"${secret}' }] }\n`],
    ['sluice.yaml', 'scan', (secret: string) => `secrets: { rules: ["../${secret}"] }\n`],
    ['policy.yaml', 'scan --policy policy.yaml', (secret: string) => `rules: [{ name: a, when: "1 + '${secret}'" }]\n`],
    ['rules.toml', 'scan --rules rules.toml', (secret: string) => `[[rules]]\nid = "a"\nregex = "${secret}\n`],
    ['rules.toml', 'scan --rules rules.toml', (secret: string) => `[[rules]]\nid = "a"\nregex = "(${secret}"\n`],
    ['rules.toml', 'scan --rules rules.toml', (secret: string) => `[[rules]]\nid = "${secret}"\nkeywords = 7\n`],
    ['rules.toml', 'scan --rules rules.toml', (secret: string) => `[extend]\npath = "${secret}"\n`],
    ['rules.toml', 'scan --rules rules.toml', (secret: string) => `${secret}\n`],
    ['sluice-baseline.json', 'scan', (secret: string) => `{ "version": 1, "findings": ["${secret}" "x" ] }\n`],
    ['sluice-baseline.json', 'scan', (secret: string) => `{ "version": "${secret}", "${secret}": [] }\n`],
  ] as const)('a broken %s: %s', async (name, command, text) => {
    const kept = FILES()['sluice.yaml'] as string;
    rmSync(join(folder, 'sluice-baseline.json'), { force: true });
    write(folder, { [name]: text(of('token in a broken file')) });
    const { status } = await run(command.split(' '));
    rmSync(join(folder, name));
    write(folder, { 'sluice.yaml': kept });
    expect(status).toBe(2);
  });

  test('an address with a password in it', async () => {
    const address = `http://ada:${of('password in an address')}@127.0.0.1:1/shop.git`;
    expect((await run(['scan', address])).status).not.toBe(0);
    expect((await run(['scan', '--history', address])).status).not.toBe(0);
  });
});

test('nothing that came out holds any of them', () => {
  const leaks: string[] = [];
  for (const { command, stdout, stderr } of ended) {
    for (const [stream, text] of [
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const) {
      leaks.push(...traces.in(text).map((name) => `${name} in ${stream} of sluice ${command}`));
    }
  }
  const files = [out, join(parent, 'home')].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)),
  );
  const written = files.filter((file) => statSync(file).isFile());
  expect(written.length).toBeGreaterThan(5 * FORMATS.length);
  for (const file of written) {
    for (const encoding of ['latin1', 'utf16le'] as const) {
      leaks.push(
        ...traces.in(readFileSync(file).toString(encoding)).map((name) => `${name} in ${file.slice(parent.length)}`),
      );
    }
  }
  // The cache, which only its owner can read, knows files by their names.
  expect(leaks.filter((leak) => !/^token in a file name\b.*\.cache$/.test(leak))).toEqual([]);
});
