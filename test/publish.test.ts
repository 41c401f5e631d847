import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/* What a user gets: the packed tarball, installed in an empty folder without a network, and run there. */

const MEGABYTE = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'sluice-publish-'));
const project = join(folder, 'project');
const { version, files } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; files: string[] };

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

const run = (program: string, args: readonly string[], cwd: string): string =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const sluice = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('npx', ['--offline', 'sluice', ...args], { cwd: project, encoding: 'utf8' });

beforeAll(() => {
  const source = join(folder, 'source');
  mkdirSync(source);
  mkdirSync(project);
  run('node', ['tools/build.ts', join(source, 'dist')], process.cwd());
  for (const name of ['package.json', ...files])
    if (name !== 'dist') cpSync(name, join(source, name), { recursive: true });
  const answer = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts'], source)) as
    | Packed[]
    | Record<string, Packed>;
  packed = Object.values(answer)[0] as Packed;
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', [...install, join(source, packed.filename)], project);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('holds the program, its schemas and its licences, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const expected = ['LICENSE', 'README.md', 'package.json', 'dist/sluice.js', 'dist/LICENSES.txt'];
  expect(paths).toEqual(
    expect.arrayContaining([...expected, 'schemas/sluice.schema.json', 'schemas/report.schema.json']),
  );
  for (const path of paths)
    expect(path).toMatch(/^(LICENSE|README\.md|package\.json|dist\/.+\.(js|txt|wasm)|schemas\/.+\.json)$/);
});

test('installs as one package of a few megabytes', () => {
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['sluice']);
  expect(packed.unpackedSize).toBeLessThan(10 * MEGABYTE);
});

test('says its version', () => {
  expect(sluice('--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
});

test('lists its checks', () => {
  const { status, stdout } = sluice('checks', '--ids');
  expect(status).toBe(0);
  expect(stdout).toContain('secrets/github-personal-access-token\n');
});

test('finds a secret, in its workers, and refuses it', () => {
  const scanned = join(project, 'scanned');
  mkdirSync(scanned);
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(scanned, 'server.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  // More than one thread does alone, so that the bundle's worker has to start.
  for (let n = 0; n < 1_000; n += 1) writeFileSync(join(scanned, `${n}.txt`), `line ${n}\n`.repeat(500));
  const { status, stdout } = sluice('scan', 'scanned', '--format', 'json', '--offline');
  const { findings, problems } = JSON.parse(stdout) as { findings: { check: string }[]; problems: unknown[] };
  expect(problems).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([expect.stringMatching(/^secrets\/.*private-key/)]);
  expect(status).toBe(1);
});

test('npm pack answers with a path alone, which is how pre-commit installs us', () => {
  const noisy = join(folder, 'noisy');
  mkdirSync(noisy);
  cpSync('.npmrc', join(noisy, '.npmrc'));
  const scripts = { prepare: 'echo built' };
  writeFileSync(join(noisy, 'package.json'), JSON.stringify({ name: 'noisy', version: '1.0.0', scripts }));
  expect(run('npm', ['pack', '--loglevel=error'], noisy)).toBe('noisy-1.0.0.tgz\n');
});
