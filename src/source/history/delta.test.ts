import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from './delta.fixture.ts';
import { applyDelta, deltaResultSize } from './delta.ts';
import { DamagedPack } from './pack-index.ts';

describe('applyDelta', () => {
  it('gives what the delta was made from', () => {
    fc.assert(
      fc.property(cases, ({ base, delta, result }) => {
        const target = Buffer.alloc(result.length + 1);
        expect(deltaResultSize(delta, delta.length)).toBe(result.length);
        const size = applyDelta(delta, delta.length, base, base.length, target);
        expect(target.subarray(0, size)).toEqual(result);
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
          expect(applyDelta(damaged, damaged.length, base, base.length, target)).toBeLessThanOrEqual(target.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedPack);
        }
      }),
    );
  });
});
