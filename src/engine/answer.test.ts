import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromAnswer, toAnswer } from './answer.ts';
import type { Draft, Examined } from './protocol.ts';

const examined = fc.record(
  {
    artifacts: fc.nat(),
    bytes: fc.maxSafeNat(),
    binary: fc.nat(),
    drafts: fc.constantFrom([], [{ stable: 'x' } as Draft]),
    problems: fc.constantFrom([], [{ code: 'a', message: 'b' }]),
    hash: fc.constant('0123456789abcdef'.repeat(2)),
    unchanged: fc.constant(true as const),
    fresh: fc.constant(true as const),
  },
  { requiredKeys: ['artifacts', 'bytes', 'binary', 'drafts', 'problems'] },
);

test('results arrive as they were sent', () => {
  fc.assert(
    fc.property(fc.array(examined), (results: Examined[]) => {
      expect(fromAnswer(structuredClone(toAnswer(results)))).toEqual(results);
    }),
  );
});
