import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from './delta.fixture.ts';
import { Kernel } from './kernel.ts';

const kernel = new Kernel();

/** Bytes in the kernel's memory, as long as `use` runs. */
function placed<Result>(bytes: Buffer, use: (address: number) => Result): Result {
  const address = kernel.allocate(bytes.length);
  bytes.copy(kernel.memory, address);
  try {
    return use(address);
  } finally {
    kernel.free(address, bytes.length);
  }
}

/** Applies a delta; gives what came of it and the runs that were noted, or the kernel's refusal. */
function apply(delta: Buffer, base: Buffer, room: number): { content: Buffer; runs: number[] } | number {
  return placed(delta, (deltaAt) =>
    placed(base, (baseAt) =>
      placed(Buffer.alloc(room, 7), (target) => {
        const answer = kernel.program.apply(deltaAt, delta.length, baseAt, base.length, target, room);
        if (answer < 0) return answer;
        const size = kernel.program.resultSize(deltaAt, delta.length);
        const content = Buffer.from(kernel.memory.subarray(target, target + size));
        return { content, runs: [...kernel.runs.subarray(0, answer * 3)] };
      }),
    ),
  );
}

describe('the kernel', () => {
  it('gives what a delta was made from, and runs that tell the same', () => {
    fc.assert(
      fc.property(cases, ({ base, delta, result }) => {
        const made = apply(delta, base, result.length);
        if (typeof made === 'number') throw new Error(`refused with ${made}`);
        expect(made.content).toEqual(result);
        let reached = 0;
        for (let i = 0; i < made.runs.length; i += 3) {
          const [start, from, length] = made.runs.slice(i, i + 3) as [number, number, number];
          expect(start).toBe(reached);
          if (from >= 0) expect(result.subarray(start, start + length)).toEqual(base.subarray(from, from + length));
          reached += length;
        }
        expect(reached).toBe(result.length);
      }),
    );
  });

  it('writes nothing beyond the room for a result, whatever is wrong with a delta', () => {
    fc.assert(
      fc.property(cases, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ base, delta, result }, where, change) => {
        const damaged = Buffer.from(delta);
        const at = where % damaged.length;
        damaged[at] = (damaged[at] as number) ^ change;
        placed(Buffer.alloc(result.length + 64, 7), (target) =>
          placed(damaged, (deltaAt) =>
            placed(base, (baseAt) => {
              kernel.program.apply(deltaAt, damaged.length, baseAt, base.length, target, result.length);
              const behind = kernel.memory.subarray(target + result.length, target + result.length + 64);
              expect(behind).toEqual(Buffer.alloc(64, 7));
            }),
          ),
        );
      }),
    );
  });

  it('says when a result was put together from too many pieces', () => {
    const piece = [2, 97, 98, 0x90, 1];
    const count = 40_000;
    const size = count * 3;
    const header = [1, (size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14];
    const delta = Buffer.concat([Buffer.from(header), ...Array.from({ length: count }, () => Buffer.from(piece))]);
    expect(apply(delta, Buffer.from('c'), size)).toBe(-2);
  });

  it('finds a NUL wherever it is', () => {
    fc.assert(
      fc.property(fc.nat(70), fc.nat(70), (length, at) => {
        const bytes = Buffer.alloc(length, 1);
        if (at < length) bytes[at] = 0;
        placed(bytes, (address) => expect(kernel.program.holdsNul(address, length) !== 0).toBe(at < length));
      }),
    );
  });

  it('knows a line between the same two lines again, and only there', () => {
    const { program } = kernel;
    const known = (text: string): boolean =>
      placed(Buffer.from(text), (address) => program.isKnown(address, text.length, text.indexOf('key'), 0) !== 0);
    expect(known('before\n key = 1\n\nbehind\n')).toBe(false);
    placed(Buffer.from('before\n key = 1\n\nbehind\n'), (address) => {
      program.isKnown(address, 25, 8, 0);
      expect([program.lineBegin(), program.lineStop()]).toEqual([7, 16]);
      program.remember();
    });
    expect(known('other\nbefore\n key = 1\n\nbehind\nother')).toBe(true);
    expect(known('other\n key = 1\n\nbehind\n')).toBe(false);
    expect(known('before\n key = 2\n\nbehind\n')).toBe(false);
    expect(known('before\n key = 1\n\nother\n')).toBe(false);
  });

  it('finds where a line begins and ends, however long it is', () => {
    const { program } = kernel;
    const word = fc.constantFrom('', 'a', 'key', 'fifteen letters', 'sixteen letters!', 'x'.repeat(40));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat(), (words, where) => {
        const text = `${words.join('\n')}\n`;
        const place = where % text.length;
        const begin = text.lastIndexOf('\n', place - 1) + 1;
        placed(Buffer.from(text), (address) => program.isKnown(address, text.length, place, 0));
        expect([program.lineBegin(), program.lineStop()]).toEqual([
          place === 0 ? 0 : begin,
          text.indexOf('\n', place) + 1,
        ]);
      }),
    );
  });

  it('uses memory again that was given back, also of large contents', () => {
    const size = 3 << 20;
    const first = kernel.allocate(size);
    const reached = kernel.memory.length;
    kernel.free(first, size);
    for (let i = 0; i < 20; i++) kernel.free(kernel.allocate(size - i * 100_000), size - i * 100_000);
    expect(kernel.memory.length).toBe(reached);
  });
});
