import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { found, scan, TestRepository } from './repository.ts';

const open: TestRepository[] = [];
const create = (...options: string[]): TestRepository => {
  const repository = new TestRepository(...options);
  open.push(repository);
  return repository;
};
afterEach(() => {
  for (const repository of open.splice(0)) repository.remove();
});

const TOKEN = `tok_${'z'.repeat(12)}`;

/** Some commits on one file, in one pack with deltas. */
function packed(): TestRepository {
  const repository = create();
  for (let i = 0; i < 8; i++) {
    repository.write(
      'a.txt',
      `${Array.from({ length: 60 }, (_, line) => `line ${line} ${line % 8 === i}`).join('\n')}\n${i === 3 ? TOKEN : ''}\n`,
    );
    repository.commit();
  }
  repository.git('repack', '-a', '-d', '-q');
  return repository;
}

const packsOf = (repository: TestRepository): string => join(repository.path, '.git/objects/pack');

function packFile(repository: TestRepository, extension: string): string {
  const name = readdirSync(packsOf(repository)).find((each) => each.endsWith(extension));
  return join(packsOf(repository), name as string);
}

/** git makes packs read-only, and a mutated file must be another one. */
function replace(path: string, bytes: Buffer): void {
  rmSync(path);
  writeFileSync(path, bytes);
}

const codes = ({ problems }: { problems: readonly { code: string }[] }): string[] => problems.map(({ code }) => code);

describe('history of a damaged repository', () => {
  it('ends with problems, or with everything found, whatever byte of a pack or index is wrong', async () => {
    const repository = packed();
    const whole = found(await scan(repository.path));
    const originals = new Map(
      ['.pack', '.idx'].map((extension) => [extension, readFileSync(packFile(repository, extension))]),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('.pack', '.idx'),
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 1, max: 255 })),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4 }),
        async (extension, flips, cut) => {
          const original = originals.get(extension) as Buffer;
          const bytes = Buffer.from(original.subarray(0, cut === null ? undefined : Math.floor(cut * original.length)));
          for (const [where, change] of flips) {
            const at = Math.floor(where * bytes.length);
            if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ change;
          }
          const path = packFile(repository, extension);
          replace(path, bytes);
          try {
            // git itself may refuse such a repository, which is a SluiceError with its words.
            const result = await scan(repository.path).catch((error: Error) => error);
            if (result instanceof Error) expect(result.name).toBe('SluiceError');
            else if (result.problems.length === 0) expect(isSubset(found(result), whole)).toBe(true);
          } finally {
            replace(path, original);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('names the pack that is damaged', async () => {
    const repository = packed();
    const path = packFile(repository, '.pack');
    const bytes = readFileSync(path);
    replace(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
    const result = await scan(repository.path).catch(() => undefined);
    expect(result === undefined || result.problems.some(({ path: name }) => name?.startsWith('pack-'))).toBe(true);
  });

  it('reports a damaged object and still finds the rest', async () => {
    const repository = create();
    repository.write('a.txt', `${TOKEN}\n`);
    repository.write('b.txt', 'nothing\n');
    repository.commit();
    const id = repository.git('rev-parse', 'HEAD:b.txt');
    replace(join(repository.path, '.git/objects', id.slice(0, 2), id.slice(2)), Buffer.from('no zlib'));
    const result = await scan(repository.path);
    expect(codes(result)).toEqual(['object-damaged']);
    expect(found(result)).toHaveLength(1);
  });

  it('reports missing objects', async () => {
    const repository = create();
    repository.write('a.txt', `${TOKEN}\n`);
    repository.write('b.txt', 'nothing\n');
    repository.commit();
    const id = repository.git('rev-parse', 'HEAD:b.txt');
    rmSync(join(repository.path, '.git/objects', id.slice(0, 2), id.slice(2)));
    expect(codes(await scan(repository.path))).toEqual(['object-missing']);
  });

  it('reports files too large to look at', async () => {
    const repository = create();
    repository.write('a.txt', `${'x'.repeat(2000)}\n`);
    repository.commit();
    expect(codes(await scan(repository.path, { largestBlob: 1000 }))).toEqual(['file-too-large']);
  });

  it('is a mistake of the user where there is no repository', async () => {
    const repository = create();
    rmSync(join(repository.path, '.git'), { recursive: true });
    await expect(scan(repository.path)).rejects.toMatchObject({ code: 'git-failed' });
  });
});

describe('history of unusual repositories', () => {
  it('is empty for a repository without commits', async () => {
    expect(await scan(create().path)).toMatchObject({ hits: [], problems: [], commits: 0 });
  });

  it('reads bare repositories, linked work trees and subfolders', async () => {
    const repository = packed();
    const whole = found(await scan(repository.path));
    expect(whole).toHaveLength(1);
    repository.git('worktree', 'add', '-q', 'linked');
    repository.git('clone', '-q', '--bare', '.', 'bare.git');
    mkdirSync(join(repository.path, 'folder'));
    for (const place of ['linked', 'bare.git', 'folder']) {
      expect(found(await scan(join(repository.path, place))), place).toEqual(whole);
    }
  });

  it('says that a shallow clone is cut, and takes its last commit for a first one', async () => {
    const repository = create();
    repository.write('a.txt', `${TOKEN}\n`);
    repository.commit();
    repository.write('b.txt', 'later\n');
    const last = repository.commit();
    repository.git('clone', '-q', '--depth=1', `file://${repository.path}`, 'shallow');
    const result = await scan(join(repository.path, 'shallow'));
    expect(codes(result)).toEqual(['history-shallow']);
    expect(found(result)).toEqual([`token ${TOKEN} a.txt ${last}`]);
  });

  it('passes submodules by', async () => {
    const repository = create();
    repository.write('a.txt', `${TOKEN}\n`);
    const commit = repository.commit();
    repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},module`);
    repository.git('commit', '-q', '-m', 'Add a submodule');
    const result = await scan(repository.path);
    expect(result.problems).toEqual([]);
    expect(found(result)).toHaveLength(1);
  });

  it('reads names with line breaks, quotes and bytes that are not UTF-8', async () => {
    const repository = create();
    repository.write('line\nbreak "quoted" \\.txt', 'first\n');
    repository.commit();
    repository.write('line\nbreak "quoted" \\.txt', `first\n${TOKEN}\nlast\n`);
    repository.write('other.txt', `${TOKEN}\n`);
    repository.commit();
    const id = repository.git('rev-parse', 'HEAD:other.txt');
    const tree = repository.git('rev-parse', 'HEAD^{tree}');
    expect(id).not.toBe(tree);
    const { hits } = await scan(repository.path);
    expect(hits[0]?.places.map(({ path }) => path)).toEqual(['line\nbreak "quoted" \\.txt', 'other.txt']);
  });

  it('reads repositories with SHA-256 ids', async () => {
    const repository = create('--object-format=sha256');
    repository.write('sub/a.txt', `${TOKEN}\n`);
    const commit = repository.commit();
    repository.git('repack', '-a', '-d', '-q');
    expect(commit).toHaveLength(64);
    expect(found(await scan(repository.path))).toEqual([`token ${TOKEN} sub/a.txt ${commit}`]);
  });

  it('follows annotated tags, also of tags, to commits that no branch holds', async () => {
    const repository = create();
    repository.write('a.txt', 'one\n');
    repository.commit();
    repository.git('checkout', '-q', '--detach');
    repository.write('a.txt', `${TOKEN}\n`);
    repository.commit();
    repository.git('tag', '-a', '-m', 'One', 'one');
    repository.git('tag', '-a', '-m', 'Two', 'two', 'one');
    repository.git('tag', '-d', 'one');
    repository.git('checkout', '-q', 'main');
    expect(found(await scan(repository.path))).toHaveLength(1);
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(scan(packed().path, { signal })).rejects.toThrow();
  });
});

const isSubset = (some: readonly string[], all: readonly string[]): boolean => some.every((each) => all.includes(each));
