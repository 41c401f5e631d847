import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllocatingInflater, createInflater } from './inflate.ts';

describe.each([
  ['the reused stream', createInflater()],
  ['inflateSync', new AllocatingInflater()],
])('inflating by %s', (_, inflater) => {
  it('gives back what was deflated, wherever it stands', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(40), fc.nat(40), (bytes, before, behind) => {
        const stream = deflateSync(bytes);
        const input = Buffer.concat([Buffer.alloc(before, 1), stream, Buffer.alloc(behind, 2)]);
        const output = Buffer.alloc(bytes.length + 1);
        expect(inflater.inflate(input, before, before + stream.length, output, output.length)).toBe(bytes.length);
        expect(output.subarray(0, -1)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('gives the beginning of a longer stream', () => {
    const stream = deflateSync(Buffer.alloc(100_000, 'ab'));
    const output = Buffer.alloc(10);
    expect(inflater.inflate(stream, 0, stream.length, output, 10)).toBe(10);
    expect(output.toString()).toBe('ababababab');
  });

  it('refuses damaged streams and places outside its buffers, and works on', () => {
    const stream = deflateSync(Buffer.from('some text that is long enough'));
    const output = Buffer.alloc(100);
    const damaged = Buffer.from(stream);
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
    expect(inflater.inflate(damaged, 0, damaged.length, output, 100)).toBe(-1);
    expect(inflater.inflate(Buffer.from('no zlib'), 0, 7, output, 100)).toBe(-1);
    expect(inflater.inflate(stream, 0, stream.length, output, 100)).toBe(29);
  });
});

it('a reused stream never reaches outside its buffers', () => {
  const inflater = createInflater();
  const stream = deflateSync(Buffer.from('text'));
  for (const [from, to, limit] of [
    [-1, 5, 5],
    [0, stream.length + 1, 5],
    [3, 3, 5],
    [0, 5, 9],
  ] as const) {
    expect(inflater.inflate(stream, from, to, Buffer.alloc(8), limit)).toBe(-1);
  }
});
