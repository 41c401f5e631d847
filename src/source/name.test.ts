import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayName, isInside, memberPath } from './name.ts';

describe('displayName', () => {
  it.each([
    [Buffer.from('plain.txt'), 'plain.txt'],
    [Buffer.from('日本\n.txt'), '日本\n.txt'],
    [Buffer.from([0x61, 0xff, 0x62]), 'a\\xFFb'],
    [Buffer.from([0xe9]), '\\xE9'],
    [Buffer.from([0xe6, 0x97, 0xa5, 0xe6, 0x97]), '日\\xE6\\x97'],
    [Buffer.from([0xed, 0xa0, 0x80]), '\\xED\\xA0\\x80'],
  ])('%j', (bytes, expected) => {
    expect(displayName(bytes)).toBe(expected);
  });

  it('is well formed and keeps different names different, but for a backslash in them', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 12 }).filter((bytes) => !bytes.includes(0x5c));
    fc.assert(
      fc.property(name, name, (a, b) => {
        const [one, other] = [displayName(Buffer.from(a)), displayName(Buffer.from(b))];
        expect(one.isWellFormed()).toBe(true);
        expect(one === other).toBe(Buffer.from(a).equals(Buffer.from(b)));
      }),
    );
  });
});

describe('memberPath', () => {
  it.each([
    ['a/b.txt', 'a/b.txt'],
    ['../../etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['C:\\Windows\\x', 'Windows/x'],
    ['a/./b//c/../d', 'a/b/c/d'],
    ['..', 'unnamed'],
    ['', 'unnamed'],
    ['dir/', 'dir'],
  ])('%j becomes %j', (name, expected) => {
    expect(memberPath(Buffer.from(name))).toBe(expected);
  });

  it('never leaves the archive, whatever it is given', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'C:', '\0', 'a', '', '...');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (name) => {
          const path = memberPath(Buffer.from(name));
          expect(isInside(path)).toBe(true);
          expect(memberPath(Buffer.from(path))).toBe(path);
          expect(path).not.toMatch(/\\|\0|^\/|\/\/|\/$/);
        },
      ),
    );
  });
});

describe('isInside', () => {
  it.each([
    ['a/b', true],
    ['a..b/c..', true],
    ['../a', false],
    ['a/../b', false],
    ['/a', false],
    ['', false],
  ])('%j: %s', (path, expected) => {
    expect(isInside(path)).toBe(expected);
  });
});
