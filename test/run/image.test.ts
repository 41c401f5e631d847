import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openImage } from '#source/image/image.ts';
import { repository, run } from './pipeline.ts';

const sha = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** A layer with a few programs of this machine and what they need. */
function layer(): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'sluice-image-'));
  const programs = ['/bin/sh', '/bin/cat', '/bin/echo'];
  const needed = programs.flatMap(
    (program) =>
      execFileSync('ldd', [program])
        .toString()
        .match(/\/\S+(?= \()/g) ?? [],
  );
  for (const path of new Set([...programs, ...needed])) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
  for (const folder of ['etc', 'tmp', 'proc', 'dev', 'usr']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/image-name'), 'of the image\n');
  return execFileSync('tar', ['-C', root, '-cf', '-', '.'], { maxBuffer: 2 ** 28 });
}

function layout(folder: string, tars: readonly Buffer[], diffs = tars.map((tar) => `sha256:${sha(tar)}`)): void {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const put = (bytes: Buffer | string) => {
    writeFileSync(join(folder, 'blobs/sha256', sha(bytes)), bytes);
    return { digest: `sha256:${sha(bytes)}`, size: bytes.length, mediaType: 'x' };
  };
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const own = { Env: ['FROM=image', 'OVER=image'], Entrypoint: ['/bin/cat'], Cmd: ['/etc/image-name'] };
  const config = put(JSON.stringify({ os: 'linux', architecture, config: own, rootfs: { diff_ids: diffs } }));
  const manifest = put(JSON.stringify({ config, layers: tars.map((tar) => put(gzipSync(tar))) }));
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ manifests: [manifest] }));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

test('a job and an action run in an OCI layout and in an archive of it', async () => {
  const folder = repository(
    `
on: push
jobs:
  inside:
    runs-on: ubuntu-latest
    container: { image: "tiny:1", env: { OVER: job } }
    steps: [{ run: 'cat /etc/image-name; echo "$FROM $OVER"' }]
  action: { runs-on: ubuntu-latest, steps: [{ uses: "docker://packed:1" }] }
`,
    { 'sluice.yaml': 'actions: { images: { "tiny:1": ../tiny, "packed:1": ../packed.tar } }\n' },
  );
  layout(join(folder, '../tiny'), [layer()]);
  execFileSync('tar', ['-C', join(folder, '../tiny'), '-cf', join(folder, '../packed.tar'), '.']);
  const { status, log, stdout } = await run(folder);
  expect(log('inside'), stdout).toBe('of the image\nimage job\n');
  expect(log('action')).toBe('of the image\n');
  expect(status).toBe(0);
});

/** A tar of one entry without content. */
function entry(name: string, type: string, link = ''): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0004755\0', 100);
  block.write('00000000000\0', 124);
  block.write(type, 156);
  block.write(link, 157);
  block.write('ustar\0', 257);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

async function unpacked(tars: readonly Buffer[], diffs?: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-image-'));
  const root = join(folder, 'out/root');
  mkdirSync(root, { recursive: true });
  layout(
    join(folder, 'layout'),
    tars.map((tar) => Buffer.concat([tar, Buffer.alloc(1024)])),
    diffs,
  );
  await (await openImage(join(folder, 'layout'), join(folder, 'scratch'))).unpack(root);
  return execFileSync('find', [join(folder, 'out'), '-printf', '%P %y %m\n']).toString();
}

test('links of earlier layers lead nowhere but into the image, and whiteouts hide', async () => {
  const seen = await unpacked([
    Buffer.concat([entry('out', '2', '../../..'), entry('gone', '0'), entry('dir/old', '0')]),
    Buffer.concat([
      entry('out/inside', '0'),
      entry('.wh.gone', '0'),
      entry('dir/new', '0'),
      entry('dir/.wh..wh..opq', '0'),
    ]),
  ]);
  expect(seen).toContain('root/inside f 755');
  expect(seen).toContain('root/dir/new f');
  expect(seen).not.toMatch(/gone|old|^inside/m);
});

test.each([
  ['a name that leads out', [entry('../x', '0')], undefined],
  ['a hard link that leads out', [entry('x', '1', '../../layout/oci-layout')], undefined],
  ['a circle', [Buffer.concat([entry('a', '2', 'a'), entry('a/x', '0')])], undefined],
  ['a wrong digest', [entry('x', '0')], [`sha256:${'0'.repeat(64)}`]],
])('refuses %s', async (_, tars, diffs) => {
  await expect(unpacked(tars, diffs)).rejects.toMatchObject({ code: 'image-invalid' });
});
