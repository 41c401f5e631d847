import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { git, repository } from '../support/repository.ts';
import { githubToken } from '../support/secrets.ts';
import { lasting, PROGRAM, project, sluice, start } from '../support/sluice.ts';

/* Trees that people and attackers make. What was not looked at is said, and makes the verdict incomplete: exit 3. */

const NOBODY = 65_534;

test('a FIFO, a device, a socket of names and links out of the tree', async () => {
  const folder = project({ 'a.txt': 'text\n', '../outside.txt': githubToken('outside') });
  execFileSync('mkfifo', [join(folder, 'pipe'), join(folder, '.gitignore')]);
  execFileSync('mknod', [join(folder, 'zero'), 'c', '1', '5']);
  symlinkSync('../outside.txt', join(folder, 'link.txt'));
  symlinkSync('..', join(folder, 'up'));
  const { status, stdout } = await sluice(['scan'], folder);
  expect(status).toBe(3);
  expect(lasting(stdout)).toMatchSnapshot();
});

test('a FIFO as the target itself', async () => {
  const folder = project({});
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  expect(await sluice(['scan', 'pipe'], folder)).toMatchObject({
    status: 3,
    stdout: expect.stringContaining('pipe: Not opened, because it is a FIFO. (file-special)'),
  });
});

test('five gigabytes: holes are binary, text is refused by size, and neither takes long', async () => {
  const folder = project({ 'holes.bin': '', 'log.txt': 'a line of text\n'.repeat(5_000) });
  for (const name of ['holes.bin', 'log.txt']) truncateSync(join(folder, name), 5 * 2 ** 30);
  const before = performance.now();
  const { status, stdout } = await sluice(['scan'], folder);
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(status).toBe(3);
  expect(lasting(stdout)).toMatchSnapshot();
});

test('an archive that expands without end', async () => {
  const inner = gzipSync(Buffer.alloc(200_000_000, 'a long line\n'));
  const folder = project({ 'bomb.txt.gz': inner, 'bomb.gz.gz': gzipSync(gzipSync(inner)) });
  const { status, stdout } = await sluice(['scan'], folder);
  expect(status).toBe(3);
  // How small the archive is depends on the zlib that made it.
  expect(lasting(stdout).replace(/\(\d.* kB\)/, '(SIZE)')).toMatchSnapshot();
});

test('names with a newline, with escape sequences, and that are not UTF-8', async () => {
  const folder = repository({});
  const content = `key = "${githubToken('names')}"\n`;
  const names = [Buffer.from('new\nline.txt'), Buffer.from('\x1B]0;owned\x07.txt'), Buffer.from([0x62, 0xff, 0x2e])];
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), content);
  const walked = await sluice(['scan', '--json'], folder);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'names');
  const { status, stdout } = await sluice(['scan'], folder);
  expect(status).toBe(1);
  expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  for (const place of ['\\x1b]0;owned\\x07.txt:1:8', 'b\\xFF.:1:8', 'new\\nline.txt:1:8'])
    expect(stdout).toContain(place);
  const history = await sluice(['scan', '--history', '--json'], folder);
  const paths = ({ stdout: report }: { stdout: string }): string[] =>
    JSON.parse(report).findings.flatMap((finding: { location: { path: string }; places: { path: string }[] }) =>
      [finding.location, ...finding.places].map(({ path }) => path),
    );
  expect(paths(walked)).toEqual(['\x1B]0;owned\x07.txt', 'b\\xFF.', 'new\nline.txt']);
  expect(paths(history).toSorted()).toEqual(paths(walked));
});

test('what may not be read, and a report that may not be written', async () => {
  const folder = project({ 'closed.txt': '', 'locked/a.txt': '', 'open.txt': '' });
  chmodSync(join(folder, 'closed.txt'), 0);
  chmodSync(join(folder, 'locked'), 0);
  chmodSync(dirname(folder), 0o755);
  chownSync(folder, 0, 0);
  // Tests of CI run as root, whom nothing is closed to: the program then runs as nobody.
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  chmodSync(dirname(dirname(PROGRAM)), 0o755);
  const scanned = await start(['scan'], folder, user).ended;
  expect(scanned).toMatchObject({ status: 3, stderr: '' });
  expect(lasting(scanned.stdout)).toMatchSnapshot();
  chmodSync(folder, 0o555);
  const written = await start(['scan', '--output', 'report.txt'], folder, user).ended;
  chmodSync(folder, 0o755);
  expect(written).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'sluice: cannot write report.txt (EACCES)\n  Choose a place you may write to.\n',
  });
});

test('a tree of which git shows nothing is no pass, and an empty one is', async () => {
  const folder = project({ 'a.txt': `key = "${githubToken('hidden')}"\n`, 'deep/b.txt': 'text\n' });
  git(folder, 'init', '--quiet');
  writeFileSync(join(folder, '.git/info/exclude'), '*\n');
  const hidden = await sluice(['scan', '--json'], folder);
  expect(hidden.status).toBe(3);
  const { problems, coverage } = JSON.parse(hidden.stdout);
  expect(problems).toMatchObject([{ code: 'nothing-scanned', path: '.' }]);
  expect(coverage).toMatchObject({ artifacts: 0, excluded: 2 });
  expect((await sluice(['scan', 'a.txt'], folder)).status).toBe(1);
  const excluded = await sluice(
    ['scan', '--json', '--config', '../all.yaml'],
    project({ 'a.txt': '', '../all.yaml': 'scan: { exclude: ["*"] }\n' }),
  );
  expect(JSON.parse(excluded.stdout).problems).toMatchObject([{ code: 'nothing-scanned' }]);
  const linked = project({});
  symlinkSync('nowhere', join(linked, 'link'));
  expect((await sluice(['scan'], linked)).status).toBe(3);
  const empty = project({});
  expect((await sluice(['scan'], project({}))).status).toBe(0);
  git(empty, 'init', '--quiet');
  expect((await sluice(['scan'], empty)).status).toBe(0);
});
