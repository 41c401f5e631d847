import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '#core/secret.ts';
import { decryptAge } from './age/decrypt.ts';
import { parseIdentities } from './age/identity.ts';
import { decryptSops } from './sops.ts';

/** `SLUICE_CORPUS_AGE` names a folder with the programs `age`, `age-keygen` and `sops`. */
const programs = process.env['SLUICE_CORPUS_AGE'];

describe.runIf(programs !== undefined)('files that other programs wrote', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-age-'));
  const program = (name: string, args: readonly string[], input?: Buffer | string): Buffer =>
    execFileSync(join(programs ?? '', name), [...args], {
      cwd: folder,
      maxBuffer: 16 * 2 ** 20,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(input === undefined ? {} : { input }),
    });
  let recipient = '';
  const keys = () => ({
    identities: parseIdentities(new Secret(readFileSync(join(folder, 'key.txt'), 'utf8')), 'key.txt'),
  });
  beforeAll(() => {
    program('age-keygen', ['-o', 'key.txt']);
    recipient = program('age-keygen', ['-y', 'key.txt']).toString().trim();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([0, 1, 65_536, 65_537, 1_000_000])('age, %d bytes', (length) => {
    const plaintext = Buffer.alloc(length, 'x');
    for (const form of [[], ['--armor']]) {
      const file = program('age', ['-r', recipient, ...form], plaintext);
      expect(decryptAge(file, keys()).equals(plaintext)).toBe(true);
    }
  });

  test('sops, YAML and JSON, with lists, comments, numbers and plain values', () => {
    const yaml =
      '# a comment\nAPI_KEY: one\nempty: ""\nnested:\n  db: "p w"\n  port: 5432\n  ratio: 1.5\n  yes: true\n  list: [a, b]\nnote_unencrypted: seen\nn_unencrypted: 7\n';
    writeFileSync(join(folder, 'in.yaml'), yaml);
    for (const type of ['yaml', 'json']) {
      const text = program('sops', ['encrypt', '--age', recipient, '--output-type', type, 'in.yaml']).toString();
      const values = decryptSops(text, keys(), 'in');
      expect(values.get('API_KEY')).toBe('one');
      expect(values.get('nested_db')).toBe('p w');
      expect(values.get('nested_port')).toBe('5432');
      expect(values.get('note_unencrypted')).toBe('seen');
    }
  });

  test('sops reads what it wrote itself, and so does it of a file with one value set again', () => {
    writeFileSync(join(folder, 'set.yaml'), 'A: one\nB: two\n');
    program('sops', ['encrypt', '--age', recipient, '--in-place', 'set.yaml']);
    const env = { ...process.env, SOPS_AGE_KEY_FILE: join(folder, 'key.txt') };
    const { status } = spawnSync(join(programs ?? '', 'sops'), ['set', 'set.yaml', '["A"]', '"changed"'], {
      cwd: folder,
      env,
    });
    expect(status).toBe(0);
    expect(decryptSops(readFileSync(join(folder, 'set.yaml'), 'utf8'), keys(), 'set')).toEqual(
      new Map([
        ['A', 'changed'],
        ['B', 'two'],
      ]),
    );
  });
});
