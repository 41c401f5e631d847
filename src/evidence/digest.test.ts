import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestArtifact } from './digest.ts';
import { treeDigest } from './digest-tree.ts';
import { temporaryFolder } from './fixture.ts';

test('a file is named by SHA-256 of its bytes', () => {
  const file = join(temporaryFolder(), 'app.bin');
  writeFileSync(file, 'abc');
  expect(digestArtifact(file)).toEqual({
    kind: 'file',
    name: 'app.bin',
    digest: { sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  });
});

test('what is elsewhere is named by its digest', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  expect(digestArtifact(digest)).toEqual({ kind: 'digest', name: digest, digest: { sha256: 'ab'.repeat(32) } });
  expect(() => digestArtifact('sha256:ab')).toThrow(expect.objectContaining({ code: 'artifact-not-found' }));
});

describe('a folder', () => {
  test('has the digest that git gives it', () => {
    const part = fc.stringMatching(/^[a-z.-]{1,4}$/).filter((name) => !['.', '..'].includes(name));
    const files = fc.array(fc.record({ path: fc.array(part, { minLength: 1, maxLength: 3 }), content: fc.string() }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(files, fc.boolean(), (entries, executable) => {
        const folder = temporary();
        for (const { path, content } of entries) add(folder, path, content, executable);
        symlinkSync('nowhere', join(folder, 'zz-link'));
        mkdirSync(join(folder, 'zz-empty'));
        expect(treeDigest(folder)).toBe(gitTree(folder));
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 12 },
    );
  });

  test('that holds nothing has the digest of the empty tree', () => {
    expect(treeDigest(temporaryFolder())).toBe(createHash('sha256').update('tree 0\0').digest('hex'));
  });

  test('changes its digest with a name, a byte, a link and the right to execute', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'a');
    const seen = new Set([treeDigest(folder)]);
    const changes = [
      () => writeFileSync(join(folder, 'a'), 'b'),
      () => chmodSync(join(folder, 'a'), 0o755),
      () => writeFileSync(join(folder, 'b'), ''),
      () => symlinkSync('a', join(folder, 'l')),
    ];
    for (const change of changes) {
      change();
      seen.add(treeDigest(folder));
    }
    expect(seen.size).toBe(5);
  });

  test('with a pipe in it has none', () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(() => digestArtifact(folder)).toThrow(expect.objectContaining({ code: 'artifact-unreadable' }));
  });
});

describe('an image layout', () => {
  test('has the digest of its manifest', () => {
    const { folder, manifest } = layout();
    expect(digestArtifact(folder)).toMatchObject({ kind: 'image', digest: { sha256: manifest } });
  });

  test.each<[string, (folder: string, layer: string) => void]>([
    ['a layer that was changed', (folder, layer) => writeFileSync(join(folder, 'blobs/sha256', layer), 'LAYER')],
    ['a layer that is missing', (folder, layer) => rmSync(join(folder, 'blobs/sha256', layer))],
    ['two images', (folder) => twice(join(folder, 'index.json'))],
    ['an index that is none', (folder) => writeFileSync(join(folder, 'index.json'), '[')],
  ])('with %s has none', (_, spoil) => {
    const { folder, layer } = layout();
    spoil(folder, layer);
    expect(() => digestArtifact(folder)).toThrow(expect.objectContaining({ code: 'image-invalid' }));
  });
});

function twice(file: string): void {
  const index = JSON.parse(readFileSync(file, 'utf8')) as { manifests: unknown[] };
  writeFileSync(file, JSON.stringify({ manifests: [...index.manifests, ...index.manifests] }));
}

function layout(): { folder: string; manifest: string; layer: string } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const blob = (content: string): { digest: string; size: number } => {
    const hex = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(folder, 'blobs/sha256', hex), content);
    return { digest: `sha256:${hex}`, size: content.length };
  };
  const [config, layer] = [blob('{}'), blob('layer')];
  const manifest = blob(JSON.stringify({ config, layers: [layer] }));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ manifests: [manifest] }));
  return { folder, manifest: manifest.digest.slice(7), layer: layer.digest.slice(7) };
}

let made = 0;
const root = new Map<string, string>();

/** A folder below that of the test: a property makes many. */
function temporary(): string {
  const test = expect.getState().currentTestName ?? '';
  const above = root.get(test) ?? temporaryFolder();
  root.set(test, above);
  made += 1;
  const folder = join(above, String(made));
  mkdirSync(folder);
  return folder;
}

/** Adds a file, unless one of its folders is a file already or the other way round. */
function add(folder: string, path: readonly string[], content: string, executable: boolean): void {
  if (path.includes('.git')) return;
  try {
    mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true });
    writeFileSync(join(folder, ...path), content, { mode: executable ? 0o755 : 0o644 });
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function gitTree(folder: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, ...args], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }).trim();
  git('init', '--object-format=sha256', '--template=', '.');
  git('-c', 'core.autocrlf=false', 'add', '-Af', '.');
  const tree = git('write-tree');
  rmSync(join(folder, '.git'), { recursive: true });
  return tree;
}
