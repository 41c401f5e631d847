import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findFiles, hashPlace } from './find-files.ts';
import { matches, mayMatchBelow, parsePatterns } from './glob.ts';
import { openInside, readInside } from './inside.ts';
import { isPinned, parseReference } from './reference.ts';
import { compareVersions, inRange } from './version-range.ts';

const pattern = (text: string) => parsePatterns(text, '/w', '/home')[0] as ReturnType<typeof parsePatterns>[number];

describe('patterns', () => {
  test.each([
    ['**/*.ts', '/w/a/b.ts', true],
    ['**/*.ts', '/w/b.ts', true],
    ['*.ts', '/w/a/b.ts', false],
    ['a/**', '/w/a', true],
    ['a/**/c', '/w/a/x/y/c', true],
    ['a/?.[ch]', '/w/a/x.c', true],
    ['a/?.[!ch]', '/w/a/x.c', false],
    ['[a-c]x', '/w/bx', true],
    ['~/x', '/home/x', true],
    ['/etc/*', '/etc/passwd', true],
    ['../x', '/x', true],
    ['**', '/w/anything/at/all', true],
  ])('%s and %s: %s', (text, path, expected) => expect(matches(pattern(text), path)).toBe(expected));

  test('comments, empty lines and taking away', () => {
    const parsed = parsePatterns('# no\n\n a \n!b\n!!c', '/w', '/home');
    expect(parsed.map(({ negative, start }) => [negative, start])).toEqual([
      [false, '/w/a'],
      [true, '/w/b'],
      [false, '/w/c'],
    ]);
  });

  test('a literal path matches itself, and may match below each of its folders', () => {
    const part = fc.stringMatching(/^[a-z]{1,5}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const literal = pattern(parts.join('/'));
        expect(matches(literal, `/w/${parts.join('/')}`)).toBe(true);
        for (let end = 0; end < parts.length; end += 1) {
          expect(mayMatchBelow(literal, `/w/${parts.slice(0, end).join('/')}`)).toBe(true);
        }
      }),
    );
  });

  test('take time in proportion, whatever they repeat', () => {
    const started = performance.now();
    matches(pattern(`${'**/'.repeat(300)}x`), `/w/${'a/'.repeat(300)}b`);
    matches(pattern(`${'*a'.repeat(3_000)}b`), `/w/${'a'.repeat(6_000)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

function workspace(files: readonly string[]): { host: string; inside: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-find-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const host = join(folder, 'w');
  for (const file of files) {
    mkdirSync(join(host, file, '..'), { recursive: true });
    writeFileSync(join(host, file), file);
  }
  writeFileSync(join(folder, 'secret'), 'secret of the host');
  return { host, inside: '/w' };
}

describe('files of a workspace', () => {
  test('by patterns, folders with all that is in them, and nothing hidden', () => {
    const place = workspace(['a/b/c', 'a/.d', 'e.txt', 'f/g.txt']);
    const find = (text: string): string[] =>
      findFiles(place, parsePatterns(text, '/w', '/h'), { hidden: false, descend: true })
        .filter(({ kind }) => kind === 'file')
        .map(({ inside }) => inside);
    expect(find('a')).toEqual(['/w/a/b/c']);
    expect(find('.')).toEqual(['/w/a/b/c', '/w/e.txt', '/w/f/g.txt']);
    expect(find('**/*.txt\n!f/**')).toEqual(['/w/e.txt']);
    expect(find('/elsewhere/**')).toEqual([]);
  });

  test('links lead nowhere', () => {
    const place = workspace(['a/x']);
    symlinkSync('../secret', join(place.host, 'out'));
    symlinkSync('..', join(place.host, 'up'));
    symlinkSync('a/x', join(place.host, 'in'));
    expect(readInside(place.host, 'out', 1_000)).toBeUndefined();
    expect(readInside(place.host, 'up/secret', 1_000)).toBeUndefined();
    expect(readInside(place.host, '../secret', 1_000)).toBeUndefined();
    expect(openInside(place.host, 'a')).toBeUndefined();
    expect(readInside(place.host, 'in', 1_000)?.toString()).toBe('a/x');
    expect(readInside(place.host, 'in', 1)).toBeUndefined();
    const hashed = hashPlace(place)(['**']);
    rmSync(join(place.host, 'out'));
    expect(hashPlace(place)(['**'])).toBe(hashed);
  });

  test('have one hash that depends on each of them', () => {
    const hash = hashPlace(workspace(['package-lock.json', 'sub/package-lock.json']));
    expect(hash(['**/package-lock.json'])).toMatch(/^[0-9a-f]{64}$/);
    expect(hash(['**/package-lock.json'])).not.toBe(hash(['package-lock.json']));
    expect(hash(['nothing'])).toBe('');
  });
});

test.each([
  ['./a/b', { kind: 'local', path: 'a/b' }],
  ['docker://alpine:3', { kind: 'image', image: 'alpine:3' }],
  ['actions/checkout@v4', { kind: 'builtin', name: 'actions/checkout', ref: 'v4' }],
  ['Actions/Cache/Save@v4', { kind: 'builtin', name: 'actions/cache/save', ref: 'v4' }],
  ['sluice/scan', { kind: 'builtin', name: 'sluice/scan', ref: '' }],
  ['a/b/c/d@main', { kind: 'remote', repository: 'a/b', path: 'c/d', ref: 'main' }],
  ['a/b', undefined],
  ['b', undefined],
  ['a/b@', undefined],
])('%s', (uses, reference) => expect(parseReference(uses)).toEqual(reference));

test('a commit is named by all of its digits', () => {
  expect(['0123456789'.repeat(4), 'v1', 'abc1234', 'A'.repeat(40)].map(isPinned)).toEqual([true, false, false, false]);
});

test.each([
  ['20.11.1', '20', true],
  ['20.11.1', '20.x', true],
  ['20.11.1', '^20.2', true],
  ['20.11.1', '~20.10', false],
  ['3.12.1', '>=3.10 <3.13', true],
  ['3.13.0', '>=3.10 <3.13', false],
  ['3.13.0', '>= 3.10', true],
  ['18.0.0', '16 || 18', true],
  ['1.5.0', '1.2 - 2.0', true],
  ['0.3.1', '^0.2.9', false],
  ['20.0.0', '>20', false],
  ['21.0.0', '>20', true],
  ['20.9.0', '<=20', true],
  ['1.2.3', '*', true],
  ['1.2.3', 'nonsense', false],
])('%s is in %s: %s', (version, range, expected) => expect(inRange(version, range)).toBe(expected));

test('versions are ordered by their numbers', () => {
  expect(['9.0.0', '10.0.0', '9.10.1'].toSorted(compareVersions)).toEqual(['9.0.0', '9.10.1', '10.0.0']);
});

test.each(['../..@main', './..@x/../y', 'a/..@v1', 'owner/name/../../x@v1', 'owner/name/./x@v1'])(
  '%s names no action',
  (uses) => {
    const reference = parseReference(uses);
    expect(reference === undefined || reference.kind === 'local').toBe(true);
  },
);

test('an owner or name of dots is refused', () => expect(parseReference('../..@main')).toBeUndefined());
