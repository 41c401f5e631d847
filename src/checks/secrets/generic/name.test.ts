import { describe, expect, it } from 'vitest';
import { nameAt } from './name.ts';

const name = (text: string, keyword: string) => nameAt(`${text} = 1`, text.toLowerCase().lastIndexOf(keyword), keyword);

describe('the name around a keyword', () => {
  it.each([
    ['password', 'pass', 3],
    ['dbPassword', 'pass', 3],
    ['DB_PASSWD', 'pass', 3],
    ['dbpassword', 'pass', 3],
    ['apiKey', 'key', 3],
    ['APIKEY', 'key', 3],
    ['apikey', 'key', 3],
    ['aws.secret-key', 'key', 3],
    ['MySecretString', 'secret', 3],
    ['token', 'token', 2],
    ['access_token_2', 'token', 3],
    ['db_pass', 'pass', 1],
    ['pass', 'pass', 1],
    ['user_auth', 'auth', 1],
    ['licenseKey', 'key', 1],
    ['tokenStripe', 'token', 1],
  ])('has the strength of what it says: %s', (text, keyword, strength) => {
    expect(name(text, keyword)?.strength).toBe(strength);
  });

  it.each([
    ['monkey', 'key'],
    ['keyboard', 'key'],
    ['hotkeys', 'key'],
    ['tokenize', 'token'],
    ['author', 'auth'],
    ['bypass', 'pass'],
    ['Compassion', 'pass'],
    ['key', 'key'],
    ['auth', 'auth'],
    ['map_key', 'key'],
    ['password_field', 'pass'],
    ['encrypted_password', 'pass'],
    ['isToken', 'token'],
    ['github-token.ts', 'token'],
  ])('is none where it says something else: %s', (text, keyword) => {
    expect(name(text, keyword)).toBeUndefined();
  });

  it('spans the whole identifier, and only that', () => {
    expect(nameAt('x(my.client_secret="', 12, 'secret')).toEqual({
      span: { start: 2, end: 18 },
      strength: 3,
      word: 'secret',
    });
  });

  it('answers for the last of our words only', () => {
    expect(nameAt('secret_access_key = ', 0, 'secret')).toBeUndefined();
    expect(nameAt('secret_access_key = ', 14, 'key')?.word).toBe('key');
  });

  it('reads no further than it must', () => {
    const long = `${'a'.repeat(100_000)}_token = `;
    expect(nameAt(long, 100_001, 'token')?.span.end).toBe(100_006);
    expect(nameAt(long, 100_001, 'token')?.span.start).toBeGreaterThan(99_900);
  });
});
