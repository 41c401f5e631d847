import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { Secret } from '#core/secret.ts';
import { parseIdentities } from './age/identity.ts';
import { encryptSops, makeIdentity } from './fixture.ts';
import { decryptSops } from './sops.ts';

const RUNS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 200);
const { text, recipient } = makeIdentity();
const keys = { identities: parseIdentities(new Secret(text), 'key.txt') };
const VALUES = { API_KEY: 'first value', OTHER: 'zweiter Wert: ü' };
const codeOf = (content: string): string | undefined => {
  try {
    decryptSops(content, keys, 'secrets.json');
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
  return undefined;
};

describe('a file of sops', () => {
  test('gives its values by name', () => {
    expect(decryptSops(encryptSops(VALUES, recipient), keys, 'f')).toEqual(new Map(Object.entries(VALUES)));
  });

  test('is refused with a value taken out, exchanged, renamed or moved', () => {
    const whole = JSON.parse(encryptSops(VALUES, recipient)) as Record<string, unknown>;
    const { API_KEY, OTHER, sops } = whole;
    expect(codeOf(JSON.stringify({ API_KEY, sops }))).toBe('sops-tampered');
    expect(codeOf(JSON.stringify({ API_KEY: OTHER, OTHER: API_KEY, sops }))).toBe('sops-tampered');
    expect(codeOf(JSON.stringify({ RENAMED: API_KEY, OTHER, sops }))).toBe('sops-tampered');
    expect(codeOf(JSON.stringify({ OTHER, API_KEY, sops }))).toBe('sops-tampered');
    expect(codeOf(JSON.stringify({ API_KEY, OTHER, ADDED: 'plain', sops }))).toBe('sops-tampered');
    expect(
      codeOf(JSON.stringify({ API_KEY, OTHER, sops: { ...(sops as object), lastmodified: '2027-01-01T00:00:00Z' } })),
    ).toBe('sops-tampered');
  });

  test('is refused in words, whatever is done to its text', () => {
    const content = encryptSops(VALUES, recipient);
    fc.assert(
      fc.property(fc.nat(content.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 5 }), (at, gone, put) => {
        const changed = content.slice(0, at) + put + content.slice(at + gone);
        let read: Map<string, string> | undefined;
        try {
          read = decryptSops(changed, keys, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError);
          expect((error as Error).message).not.toContain('first value');
          return;
        }
        expect(read).toEqual(new Map(Object.entries(VALUES)));
      }),
      { numRuns: RUNS },
    );
  });

  test('that is none is refused in words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.json({ maxDepth: 5 })), (content) => {
        expect(codeOf(content)).toBe('sops-invalid');
      }),
      { numRuns: RUNS },
    );
  });

  test('with aliases that would grow is refused', () => {
    const { sops } = JSON.parse(encryptSops({}, recipient)) as Record<string, unknown>;
    expect(codeOf(`a: &a [x]\nb: [*a, *a]\nsops: ${JSON.stringify(sops)}\n`)).toBe('sops-invalid');
  });
});
