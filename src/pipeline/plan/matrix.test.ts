import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../workflow/model.ts';
import { combinationName, expandMatrix, MAX_COMBINATIONS } from './matrix.ts';

const AT = { file: 'ci.yml', line: 3, column: 5 };
const expand = (matrix: Value) => expandMatrix(matrix, AT);

describe('expandMatrix', () => {
  it('changes the first key slowest', () => {
    expect(expand({ os: ['a', 'b'], version: [1, 2] })).toEqual([
      { os: 'a', version: 1 },
      { os: 'a', version: 2 },
      { os: 'b', version: 1 },
      { os: 'b', version: 2 },
    ]);
  });

  // The example of the platform's documentation.
  it('puts entries of include where they change nothing, and else behind', () => {
    const include = [
      { color: 'green' },
      { color: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ];
    expect(expand({ fruit: ['apple', 'pear'], animal: ['cat', 'dog'], include })).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  it('makes jobs of include alone', () => {
    expect(expand({ include: [{ site: 'a' }, { site: 'b' }] })).toEqual([{ site: 'a' }, { site: 'b' }]);
  });

  it('leaves out what an entry of exclude matches, before it includes', () => {
    const matrix = {
      os: ['a', 'b'],
      version: [1, 2],
      exclude: [{ os: 'a', version: 1 }, { os: 'b' }],
      include: [{ os: 'b', version: 9 }],
    };
    expect(expand(matrix)).toEqual([
      { os: 'a', version: 2 },
      { os: 'b', version: 9 },
    ]);
  });

  it('compares mappings and lists by what is in them', () => {
    const one = { name: 'one', arch: 'x' };
    expect(expand({ image: [one, { name: 'two', arch: 'x' }], exclude: [{ image: { name: 'two' } }] })).toEqual([
      { image: one },
    ]);
    expect(expand({ a: [[1, 2], [1]], exclude: [{ a: [1] }] })).toEqual([{ a: [1, 2] }]);
  });

  it('does not match a key that no combination has', () => {
    expect(expand({ os: ['a'], exclude: [{ arch: 'x' }] })).toEqual([{ os: 'a' }]);
  });

  it.each<readonly [matrix: Value, code: string, message: RegExp]>([
    [{ os: [] }, 'matrix-invalid', /`os` of the matrix is empty/],
    [{ os: 'a' }, 'matrix-invalid', /no list/],
    [{ os: ['a'], include: ['b'] }, 'matrix-invalid', /no mapping/],
    ['text', 'matrix-invalid', /mapping/],
    [{ a: Array(100).fill(1), b: Array(100).fill(1) }, 'matrix-too-large', /10000 jobs/],
    [
      Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, Array(50).fill(1)])),
      'matrix-too-large',
      /jobs/,
    ],
  ])('refuses %#', (matrix, code, message) => {
    expect(() => expand(matrix)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message), at: AT }),
    );
  });

  it.each<readonly [name: string, matrix: () => Value]>([
    [
      'entries that are put into each of many jobs',
      () => ({
        a: Array(1_000)
          .fill(1)
          .map((_, index) => index),
        include: Array(1_000).fill({ ...Array(200).fill('x') }),
      }),
    ],
    ['large values in each of many jobs', () => ({ a: Array(1_000).fill('x'.repeat(100_000)) })],
    ['thousands of keys', () => Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, [1]]))],
  ])('refuses %s before it takes long', (_name, matrix) => {
    const started = performance.now();
    expect(() => expand(matrix())).toThrow(expect.objectContaining({ code: 'matrix-too-large' }));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('makes every combination once, of values of the lists alone', () => {
    const lists = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/).filter((key) => key !== 'include' && key !== 'exclude'),
      fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 3 }),
      { minKeys: 1, maxKeys: 4 },
    );
    fc.assert(
      fc.property(lists, (vectors) => {
        const all = expand(vectors);
        const product = Object.values(vectors).reduce((count, list) => count * list.length, 1);
        expect(all).toHaveLength(product);
        expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(product);
        for (const one of all) for (const [key, value] of Object.entries(one)) expect(vectors[key]).toContain(value);
      }),
    );
  });

  it('never changes a value of the matrix by include', () => {
    const entry = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(2), { minKeys: 1 });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (include) => {
        const base = expand({ a: [0, 1], b: [0, 1] });
        const all = expand({ a: [0, 1], b: [0, 1], include });
        expect(all.slice(0, 4).map(({ a, b }) => ({ a, b }))).toEqual(base);
        expect(all.length).toBeLessThanOrEqual(MAX_COMBINATIONS);
      }),
    );
  });
});

describe('combinationName', () => {
  it('names the values', () => {
    expect(combinationName({ os: 'linux', version: 20, image: { name: 'x' }, empty: '' })).toBe('(linux, 20, x)');
    expect(combinationName({})).toBe('');
    expect(combinationName({ long: 'x'.repeat(200) })).toHaveLength(102);
  });
});
