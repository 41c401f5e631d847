import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, deltaResultSize, noRuns } from './delta.ts';
import { DamagedPack } from './pack-index.ts';

type Op = { readonly copy: readonly [number, number] } | { readonly insert: Uint8Array };

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

function copyOp(start: number, length: number): number[] {
  const bytes = [
    start & 255,
    (start >> 8) & 255,
    (start >> 16) & 255,
    start >>> 24,
    length & 255,
    (length >> 8) & 255,
    length >> 16,
  ];
  let op = 128;
  const present = bytes.filter((byte, i) => {
    if (byte !== 0) op |= 1 << i;
    return byte !== 0;
  });
  return [op, ...present];
}

/** A delta made the plain way, and what it has to give. */
function build(base: Buffer, ops: readonly Op[]): { delta: Buffer; result: Buffer } {
  const parts: Buffer[] = [];
  const bytes: number[] = [];
  for (const op of ops) {
    if ('insert' in op) {
      parts.push(Buffer.from(op.insert));
      bytes.push(op.insert.length, ...op.insert);
    } else {
      const [start, length] = op.copy;
      parts.push(base.subarray(start, start + length));
      bytes.push(...copyOp(start, length));
    }
  }
  const result = Buffer.concat(parts);
  return { delta: Buffer.from([...varint(base.length), ...varint(result.length), ...bytes]), result };
}

const bases = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes));
const opsFor = (base: Buffer): fc.Arbitrary<Op[]> =>
  fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 127 }).map((insert): Op => ({ insert })),
      fc.tuple(fc.nat(base.length - 1), fc.nat(399)).map(([start, length]): Op => {
        return { copy: [start, Math.max(1, Math.min(length, base.length - start))] };
      }),
    ),
    { maxLength: 20 },
  );
const cases = bases.chain((base) => opsFor(base).map((ops) => ({ base, ...build(base, ops) })));

describe('applyDelta', () => {
  it('gives what the delta was made from, and runs that tell the same', () => {
    fc.assert(
      fc.property(cases, ({ base, delta, result }) => {
        const target = Buffer.alloc(result.length + 1);
        const runs = noRuns();
        expect(deltaResultSize(delta, delta.length)).toBe(result.length);
        const size = applyDelta(delta, delta.length, base, base.length, target, runs);
        expect(target.subarray(0, size)).toEqual(result);
        let reached = 0;
        for (let i = 0; i < runs.count; i += 3) {
          const [start, from, length] = runs.items.subarray(i, i + 3) as unknown as [number, number, number];
          expect(start).toBe(reached);
          if (from >= 0) expect(result.subarray(start, start + length)).toEqual(base.subarray(from, from + length));
          reached += length;
        }
        expect(reached).toBe(size);
      }),
    );
  });

  it('takes no harm from a delta that is damaged', () => {
    fc.assert(
      fc.property(cases, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ base, delta, result }, where, change) => {
        const damaged = Buffer.from(delta);
        const at = where % damaged.length;
        damaged[at] = (damaged[at] as number) ^ change;
        const target = Buffer.alloc(result.length + 1, 7);
        try {
          expect(applyDelta(damaged, damaged.length, base, base.length, target, noRuns())).toBeLessThanOrEqual(
            target.length,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedPack);
        }
      }),
    );
  });
});
