import { cpSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Attacked, canaries, job, type Lab, openLab, withSecret } from './lab.ts';

/* What a run has signed is altered, cut, brought from elsewhere, or shown for something else; then it is asked for again. */

const YAML = `
environments:
  site: { kind: folder, folder: site, rules: [{ name: built-here, when: '!evidence.provenance.present || evidence.provenance.builder != "urn:sluice:builder:local-runner"' }] }
`;

function openBuilt(): Lab {
  return openLab({
    secrets: canaries(['TOKEN']),
    files: { 'sluice.yaml': YAML, 'site-files/index.html': 'fine' },
    jobs: {
      one: job(withSecret('TOKEN', 'echo "$S"; mkdir out; echo built > out/f'), {
        uses: 'actions/upload-artifact@v4',
        with: { name: 'out', path: 'out' },
      }),
    },
  });
}

describe('the ledger of a run', () => {
  let lab: Lab;
  let run: Attacked;
  const entries = (): string => join(lab.folder, '.sluice/ledger/entries.jsonl');
  beforeAll(async () => {
    lab = openBuilt();
    run = await lab.run();
    await lab.run();
  });

  test('verifies as it is, and shows no secret', async () => {
    expect((await lab.sluice('evidence', 'verify')).status).toBe(0);
    expect(await lab.leaks(run)).toEqual([]);
  });

  test.each<[string, (text: string) => string]>([
    [
      'a byte is changed',
      (text) => text.replace(/[A-Za-z0-9](?=[^A-Za-z0-9]*\n$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
    ],
    ['the last entry is gone', (text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)],
    ['two are exchanged', (text) => `${text.split('\n').filter(Boolean).toReversed().join('\n')}\n`],
    ['one comes twice', (text) => `${text.split('\n')[0]}\n${text}`],
    ['all is gone', () => ''],
  ])('does not verify when %s', async (_, change) => {
    const text = readFileSync(entries(), 'utf8');
    try {
      writeFileSync(entries(), change(text));
      expect((await lab.sluice('evidence', 'verify')).status).not.toBe(0);
    } finally {
      writeFileSync(entries(), text);
    }
    expect((await lab.sluice('evidence', 'verify')).status).toBe(0);
  });

  test('nor when all of it is put back to how it was before', async () => {
    const state = join(lab.folder, '.sluice/ledger');
    cpSync(state, lab.beside('inputs/earlier'), { recursive: true });
    await lab.run();
    cpSync(state, lab.beside('inputs/later'), { recursive: true });
    cpSync(lab.beside('inputs/earlier'), state, { recursive: true });
    expect((await lab.sluice('evidence', 'verify')).status).not.toBe(0);
    cpSync(lab.beside('inputs/later'), state, { recursive: true });
  });
});

describe('evidence for something else', () => {
  let lab: Lab;
  let zip: string;
  beforeAll(async () => {
    lab = openBuilt();
    const run = await lab.run();
    zip = join(lab.folder, '.sluice/runs', String(run.id), 'artifacts/out.zip');
  });
  const live = (): string | undefined =>
    existsSync(join(lab.folder, 'site/current')) ? readlinkSync(join(lab.folder, 'site/current')) : undefined;

  test('does not carry an artifact that was changed by a byte into an environment', async () => {
    const changed = lab.beside('inputs/changed.zip');
    const bytes = readFileSync(zip);
    writeFileSync(changed, Buffer.concat([bytes, Buffer.from([0])]));
    expect(await lab.sluice('deploy', 'site', changed)).toMatchObject({ status: 1 });
    expect(live()).toBeUndefined();
    expect((await lab.sluice('verify', changed)).status).not.toBe(0);
  });

  test('does not count when a stranger signed it', async () => {
    const other = openBuilt();
    await other.run();
    const bundles = join(other.folder, '.sluice/runs/1/evidence');
    const [bundle = ''] = readdirSync(bundles).map((name) => join(bundles, name));
    const theirs = join(other.folder, '.sluice/runs/1/artifacts/out.zip');
    expect((await lab.sluice('verify', theirs, '--bundle', bundle)).status).not.toBe(0);
    expect((await other.sluice('verify', theirs, '--bundle', bundle)).status).toBe(0);
  });

  test('the artifact itself is taken, which shows that the rule can be met', async () => {
    expect((await lab.sluice('verify', zip)).status).toBe(0);
    const ended = await lab.sluice('deploy', 'site', zip);
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    expect(live()).toBeDefined();
  });
});
