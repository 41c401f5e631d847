import { describe, expect, it } from 'vitest';
import { ALPHABETS, randomText, seededRandom } from '../random.ts';
import { evidenceOfChance } from './randomness.ts';

const random = seededRandom('evidence of chance');

describe('evidence of chance', () => {
  it.each(['hex', 'alnumlower', 'base32', 'alnum', 'base64', 'base64url'] as const)(
    'is for chance where chance drew: %s',
    (name) => {
      const values = Array.from({ length: 300 }, () => evidenceOfChance(randomText(random, ALPHABETS[name], 32)));
      expect(values.filter((evidence) => evidence > 12).length).toBeGreaterThan(290);
    },
  );

  it.each([
    'someLongIdentifierName',
    'kubernetes-service-account-token',
    'the_quick_brown_fox_jumps',
    'EncapsulationKey1024',
    'com.internal.billing.service.v2',
    'XSalsa20.key_length',
    'correcthorsebatterystaple',
  ])('is against it where people wrote: %s', (text) => {
    expect(evidenceOfChance(text)).toBeLessThan(0);
  });

  it('grows with length', () => {
    const value = randomText(random, ALPHABETS.hex, 64);
    expect(evidenceOfChance(value)).toBeGreaterThan(evidenceOfChance(value.slice(0, 32)));
  });

  it('takes the most telling part', () => {
    const value = randomText(random, ALPHABETS.hex, 40);
    expect(evidenceOfChance(`production_service_${value}`)).toBeGreaterThanOrEqual(evidenceOfChance(value));
  });
});
