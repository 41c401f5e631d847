import { existsSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { expected, found, scan, TestRepository } from './repository.ts';

const open: TestRepository[] = [];
const create = (...options: string[]): TestRepository => {
  const repository = new TestRepository(...options);
  open.push(repository);
  return repository;
};
afterEach(() => {
  for (const repository of open.splice(0)) repository.remove();
});

/** Few different lines, so that files repeat them, hunks slide and secrets move between files. */
const LINES = [
  '',
  '}',
  'alpha',
  'beta',
  'gamma gamma',
  ...['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map((tail) => `key: tok_${tail}`),
  `long ${'x'.repeat(700)} tok_dddddddddddd`,
  ['password', '= "hunter2!"'].join(' '),
  ['-----BEGIN', 'BOX-----\nabc123\ndef456\n-----END', 'BOX-----'].join(' '),
  ['-----BEGIN', 'BOX-----'].join(' '),
  'abc123',
  ['-----END', 'BOX-----'].join(' '),
];
const NAMES = ['a.txt', 'b.txt', 'sub/c.txt', 'sub/deep/d.lock', 'with space.txt'];

type Lines = string[];
type Step =
  | { kind: 'edit'; name: string; at: number; remove: number; lines: Lines; lineBreak: boolean }
  | { kind: 'delete' | 'branch' | 'merge' | 'repack' | 'binary'; name: string; at: number }
  | { kind: 'move' | 'copy'; name: string; to: string };

const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      name,
      at: fc.nat(30),
      remove: fc.nat(4),
      lines: fc.array(fc.constantFrom(...LINES), { maxLength: 12 }),
      lineBreak: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'delete' as const,
        'branch' as const,
        'merge' as const,
        'repack' as const,
        'binary' as const,
      ),
      name,
      at: fc.nat(9),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('move' as const, 'copy' as const), name, to: name }) },
);

/** The files of the branch at work, by name. */
type Files = Map<string, Lines>;

function play(repository: TestRepository, steps: readonly Step[]): void {
  let files: Files = new Map([['a.txt', ['start', ...LINES.slice(0, 6)]]]);
  const branches: { name: string; files: Files }[] = [];
  write(repository, files);
  repository.commit();
  for (const [number, each] of steps.entries()) {
    if (each.kind === 'branch') {
      branches.push({ name: `branch-${number}`, files: new Map(files) });
      repository.git('branch', `branch-${number}`);
      continue;
    }
    if (each.kind === 'merge') {
      const other = branches[each.at % Math.max(1, branches.length)];
      if (other !== undefined) files = merge(repository, files, other.name);
      continue;
    }
    if (each.kind === 'repack') {
      repository.git('repack', '-a', '-d', '-f', '-q', `--depth=${1 + each.at * 5}`, '--window=20');
      continue;
    }
    apply(files, each);
    write(repository, files);
    repository.commit();
  }
}

function apply(files: Files, each: Step): void {
  const lines = files.get(each.name) ?? [];
  if (each.kind === 'edit') {
    const edited = lines.toSpliced(each.at, each.remove, ...each.lines);
    files.set(each.name, each.lineBreak ? edited : [...edited, '\0no line break']);
  } else if (each.kind === 'delete') files.delete(each.name);
  else if (each.kind === 'binary') files.set(each.name, ['\0binary', ...lines]);
  else if (each.kind === 'move' || each.kind === 'copy') {
    files.set(each.to, [...lines]);
    if (each.kind === 'move') files.delete(each.name);
  }
}

/** Merges so that both sides' files are kept, ours first: a resolution that can bring what neither side had. */
function merge(repository: TestRepository, files: Files, branch: string): Files {
  repository.git('merge', '--no-commit', '--no-ff', '-s', 'ours', branch);
  const merged = new Map(files);
  merged.set('merged.txt', [`by merge tok_${'m'.repeat(12)}`]);
  write(repository, merged);
  repository.commit('Merge');
  return merged;
}

function write(repository: TestRepository, files: Files): void {
  for (const entry of NAMES)
    if (!files.has(entry) && existsSync(join(repository.path, entry))) unlinkSync(join(repository.path, entry));
  for (const [path, lines] of files) {
    const text = lines.filter((line) => line !== '\0no line break').join('\n');
    repository.write(path, lines.at(-1) === '\0no line break' || lines.length === 0 ? text : `${text}\n`);
  }
}

describe('history', () => {
  it('finds what a scanner of git log -p finds, whatever was done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const repository = create();
        try {
          play(repository, steps);
          const result = await scan(repository.path);
          expect(result.problems).toEqual([]);
          expect(found(result)).toEqual(await expected(join(repository.path, '.git')));
          repository.git('repack', '-a', '-d', '-f', '-q', '--depth=50', '--window=50');
          expect(found(await scan(repository.path))).toEqual(found(result));
        } finally {
          repository.remove();
        }
      }),
      { numRuns: Number(process.env['SLUICE_HISTORY_RUNS'] ?? 12) },
    );
  });

  it('reads the objects of alternates', async () => {
    const origin = create();
    origin.write('a.txt', `tok_${'a'.repeat(12)}\n`);
    const commit = origin.commit();
    const borrower = create();
    writeFileSync(join(borrower.path, '.git/objects/info/alternates'), `${join(origin.path, '.git/objects')}\n`);
    borrower.git('update-ref', 'refs/heads/main', commit);
    expect(found(await scan(borrower.path))).toEqual([`token tok_${'a'.repeat(12)} a.txt ${commit}`]);
  });

  it('gives the same bytes for the same repository, packed or not', async () => {
    const repository = create();
    for (let i = 0; i < 12; i++) {
      repository.write('a.txt', `${'line\n'.repeat(i)}tok_${'a'.repeat(11)}${i % 3}\n${'tail\n'.repeat(40)}`);
      repository.commit();
    }
    const loose = await scan(repository.path);
    repository.git('gc', '-q', '--aggressive');
    expect(readdirSync(join(repository.path, '.git/objects/pack')).some((each) => each.endsWith('.pack'))).toBe(true);
    const packed = await scan(repository.path);
    const shown = ({ hits }: typeof loose) => hits.map((hit) => ({ ...hit, secret: hit.secret.reveal() }));
    expect(shown(packed)).toEqual(shown(loose));
    expect(packed.hits[0]?.places[0]).toMatchObject({
      author: 'Ann Example',
      email: 'ann@example.com',
      path: 'a.txt',
      line: 1,
    });
  });

  it('says which secrets only a merge brought, and keeps them apart', async () => {
    const repository = create();
    repository.write('a.txt', 'one\n');
    repository.commit();
    repository.git('checkout', '-q', '-b', 'side');
    repository.write('b.txt', 'two\n');
    repository.commit();
    repository.git('checkout', '-q', 'main');
    repository.write('c.txt', 'three\n');
    repository.commit();
    repository.git('merge', '--no-commit', '--no-ff', 'side');
    repository.write('a.txt', `one\ntok_${'e'.repeat(12)}\n`);
    const commit = repository.commit('Merge');
    const { hits } = await scan(repository.path);
    expect(hits.map(({ places, inHead }) => [places, inHead])).toMatchObject([
      [[{ commit, path: 'a.txt', line: 2, merge: true }], true],
    ]);
    expect(await expected(join(repository.path, '.git'))).toEqual([]);
  });

  it('tells what is still in HEAD from what is history', async () => {
    const repository = create();
    repository.write('a.txt', `tok_${'g'.repeat(12)}\n`);
    repository.write('b.txt', `tok_${'h'.repeat(12)}\n`);
    repository.commit();
    unlinkSync(join(repository.path, 'a.txt'));
    renameSync(join(repository.path, 'b.txt'), join(repository.path, 'c.txt'));
    repository.commit();
    const { hits } = await scan(repository.path);
    const alive = Object.fromEntries(hits.map(({ secret, inHead }) => [secret.reveal(), inHead]));
    expect(alive).toEqual({ [`tok_${'g'.repeat(12)}`]: false, [`tok_${'h'.repeat(12)}`]: true });
  });
});
