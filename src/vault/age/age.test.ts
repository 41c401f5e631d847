import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { Secret } from '#core/secret.ts';
import { armour, encodeBech32, encryptAge, makeIdentity } from '../fixture.ts';
import { decryptAge } from './decrypt.ts';
import { parseHeader, withoutArmour } from './format.ts';
import { decodeBech32, parseIdentities } from './identity.ts';

const RUNS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 200);
const { text, recipient } = makeIdentity();
const identities = parseIdentities(new Secret(`# a comment\n${text}\n`), 'key.txt');
const others = parseIdentities(new Secret(makeIdentity().text), 'other.txt');
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
  return undefined;
};

describe('a file of age', () => {
  test('decrypts to what was encrypted, whatever its length', () => {
    for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
      const plaintext = Buffer.alloc(length, 7);
      const file = encryptAge(plaintext, { recipient });
      expect(decryptAge(file, { identities }).equals(plaintext)).toBe(true);
      expect(decryptAge(Buffer.from(armour(file)), { identities: [...others, ...identities] }).equals(plaintext)).toBe(
        true,
      );
    }
  });

  test('decrypts with a passphrase', () => {
    const file = encryptAge(Buffer.from('x'), { passphrase: 'pass' });
    expect(decryptAge(file, { passphrase: new Secret('pass') }).toString()).toBe('x');
    expect(codeOf(() => decryptAge(file, { passphrase: new Secret('wrong') }))).toBe('age-no-identity');
    expect(codeOf(() => decryptAge(file, { identities }))).toBe('age-no-identity');
  });

  test('does not open for others', () => {
    expect(codeOf(() => decryptAge(encryptAge(Buffer.from('x'), { recipient }), { identities: others }))).toBe(
      'age-no-identity',
    );
  });

  test('with any byte changed, cut off or added is refused, never misread', () => {
    const plaintext = Buffer.from('the values\nof an environment');
    const file = encryptAge(plaintext, { recipient });
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] as number) ^ flip;
        expect(codeOf(() => decryptAge(changed, { identities }))).toMatch(/^age-/);
        expect(codeOf(() => decryptAge(file.subarray(0, at), { identities }))).toMatch(/^age-/);
        expect(codeOf(() => decryptAge(Buffer.concat([file, Buffer.of(flip)]), { identities }))).toMatch(/^age-/);
      }),
      { numRuns: RUNS },
    );
  });

  test('that is none is refused in words', () => {
    const pieces = fc.constantFrom(
      'age-encryption.org/v1\n',
      '-> X25519 ',
      '-> scrypt ',
      'AAAA',
      '\n',
      '--- ',
      '---',
      ' 18',
      ' 99',
      '=',
      '-----BEGIN AGE ENCRYPTED FILE-----\n',
      '-----END AGE ENCRYPTED FILE-----\n',
    );
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map(Buffer.from),
      fc.array(pieces, { maxLength: 20 }).map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        const code = codeOf(() => decryptAge(bytes, { identities, passphrase: new Secret('p') }));
        expect(code).toMatch(/^age-(invalid|no-identity|tampered)$/);
      }),
      { numRuns: RUNS * 5 },
    );
  });

  test.each([
    ['another version', 'age-encryption.org/v2\n'],
    ['padding', `age-encryption.org/v1\n-> X25519 ${'A'.repeat(43)}=\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`],
    [
      'a passphrase beside a recipient',
      `age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n${'A'.repeat(43)}\n-> X25519 ${'A'.repeat(43)}\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`,
    ],
    [
      'a passphrase that costs too much',
      `age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`,
    ],
    ['no recipient', `age-encryption.org/v1\n--- ${'A'.repeat(43)}\n`],
    [
      'a point of low order',
      `age-encryption.org/v1\n-> X25519 ${'A'.repeat(43)}\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`,
    ],
  ])('with %s is refused', (_, content) => {
    expect(codeOf(() => decryptAge(Buffer.from(content), { identities, passphrase: new Secret('p') }))).toBe(
      'age-invalid',
    );
  });

  test('a header of many recipients is bounded', () => {
    const stanza = '-> X25519 AAAA\n\n';
    expect(codeOf(() => parseHeader(Buffer.from(`age-encryption.org/v1\n${stanza.repeat(5_000)}`)))).toBe(
      'age-invalid',
    );
  });

  test('armour is read strictly', () => {
    expect(codeOf(() => withoutArmour(Buffer.from(armour(Buffer.alloc(100)).replace('AAAA', 'AA A'))))).toBe(
      'age-invalid',
    );
  });
});

describe('an identity', () => {
  test('in Bech32 survives both ways, and no changed letter is accepted', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (bytes, where) => {
        const encoded = encodeBech32('age-secret-key-', Buffer.from(bytes));
        expect(decodeBech32(encoded, 'age-secret-key-')?.equals(Buffer.from(bytes))).toBe(true);
        const at = 16 + (where % (encoded.length - 16));
        const changed = `${encoded.slice(0, at)}${encoded[at] === 'q' ? 'p' : 'q'}${encoded.slice(at + 1)}`;
        expect(decodeBech32(changed, 'age-secret-key-')).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    '',
    '# only a comment',
    'AGE-SECRET-KEY-1',
    'AGE-SECRET-KEY-PQ-1ABC',
    text.slice(0, -1),
    text.slice(0, 20) + text.slice(20).toLowerCase(),
  ])('%# that is none is refused without being shown', (wrong) => {
    try {
      parseIdentities(new Secret(wrong), 'key.txt');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'identity-invalid' });
      if (wrong.length > 20) expect(String((error as Error).message)).not.toContain(wrong.slice(0, 20));
    }
  });
});
