import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALPHABETS, randomText, seededRandom } from '../random.ts';
import { detectGeneric, GENERIC_KEYWORDS, type GenericFinding } from './detect.ts';

const KEYWORD = new RegExp(GENERIC_KEYWORDS.join('|'), 'gi');

/** Calls the detector wherever a keyword stands, as a scan does. */
function findings(text: string, path?: string): GenericFinding[] {
  return [...text.matchAll(KEYWORD)]
    .map((match) => detectGeneric(text, match.index, match[0].toLowerCase(), path))
    .filter((found) => found !== undefined);
}

const random = seededRandom('generic detector');
const alnum = (length: number): string => `${randomText(random, ALPHABETS.alnum, length - 1)}7`;
const SECRET = alnum(32);

const found = (text: string, path?: string): string[] =>
  findings(text, path).map(({ secret }) => text.slice(secret.start, secret.end));

describe('a literal bound to a name that says secret', () => {
  it.each([
    `clientSecret = "${SECRET}"`,
    `client_secret: '${SECRET}'`,
    `CLIENT_SECRET=${SECRET}`,
    `client-secret := \`${SECRET}\``,
    `{"client_secret": "${SECRET}"}`,
    `{\\"client_secret\\": \\"${SECRET}\\"}`,
    `"clientSecret" => "${SECRET}",`,
    `$clientSecret .= "${SECRET}";`,
    `CLIENT_SECRET ?= "${SECRET}"`,
    `config['client_secret'] = '${SECRET}'`,
    `const clientSecret: string = "${SECRET}";`,
    `var clientSecret string = "${SECRET}"`,
    `String clientSecret = "${SECRET}";`,
    `<clientSecret>${SECRET}</clientSecret>`,
    `<clientSecret>\n    ${SECRET}\n</clientSecret>`,
    `<add key="clientSecret" value="${SECRET}" />`,
    `{"name": "CLIENT_SECRET", "value": "${SECRET}"}`,
    `System.setProperty("CLIENT_SECRET", "${SECRET}")`,
    `setClientSecret("${SECRET}")`,
    `if (clientSecret === "${SECRET}") {`,
    `tool --client-secret ${SECRET} --verbose`,
    `{"config.ini": "CLIENT_SECRET=${SECRET}\\nDEBUG=true"}`,
    `X-Auth-Token: ${SECRET}`,
    `Authorization: Bearer ${SECRET}`,
    `client_secret: ${SECRET} # production`,
  ])('is found in %#', (text) => {
    expect(found(text)).toEqual([SECRET]);
  });

  it.each([
    ['hexadecimal', ALPHABETS.hex],
    ['small letters and digits', ALPHABETS.alnumlower],
    ['Base32', ALPHABETS.base32],
    ['letters and digits', ALPHABETS.alnum],
    ['Base64', ALPHABETS.base64],
  ])('is found whatever it was drawn from: %s', (_, alphabet) => {
    const misses = Array.from({ length: 200 }, () => randomText(random, alphabet, 32)).filter(
      (value) => found(`api_key = "${value}"`).length === 0,
    );
    expect(misses.length).toBeLessThanOrEqual(4);
  });

  it('is found with a prefix that a provider puts before it', () => {
    expect(found(`token = "ACME_${randomText(random, ALPHABETS.hex, 60)}"`)).toHaveLength(1);
  });

  it('is reported once, however many of our words the name holds', () => {
    expect(found(`secret_access_key_token = "${SECRET}"`)).toEqual([SECRET]);
  });

  it('spans name and value', () => {
    const text = `x = 1; my_secret = "${SECRET}";`;
    const [{ match } = { match: { start: 0, end: 0 } }] = findings(text);
    expect(text.slice(match.start, match.end)).toBe(`my_secret = "${SECRET}`);
  });
});

describe('a name that is about something else', () => {
  it.each(['keyboard', 'monkey', 'tokenizer', 'authors', 'secretary', 'passenger', 'compass', 'keyword', 'credits'])(
    'is left alone: %s',
    (name) => {
      expect(found(`${name} = "${SECRET}"`)).toEqual([]);
    },
  );

  it.each([
    ...['public_key', 'primaryKey', 'csrf-token', 'sort_key', 'nextPageToken', 'key', 'cacheKey', 'Sec-WebSocket-Key'],
    ...[
      'secret_name',
      'tokenUrl',
      'password_hash',
      'keyId',
      'credentialsId',
      'api_key_file',
      'tokenType',
      'auth_domain',
    ],
  ])('is left alone: %s', (name) => {
    expect(found(`${name} = "${SECRET}"`)).toEqual([]);
  });
});

describe('a value that is no literal secret', () => {
  it.each([
    `process.env.API_KEY`,
    `"\${API_KEY}"`,
    `"{{ api_key }}"`,
    `"<your-api-key>"`,
    `"%API_KEY%"`,
    `os.environ["API_KEY"]`,
    `getApiKey(user, 12)`,
    `$(cat /run/secrets/api_key)`,
    `"changeme123"`,
    `"${'x'.repeat(32)}"`,
    `"your_api_key_here_1"`,
    `"abcdefghijklmnopqrstuvwxyz0123456789"`,
    `"/etc/ssl/private/server.key"`,
    `"https://auth.internal.corp/oauth/token"`,
    `"someService.accessKey.production2"`,
    `"kubernetes-service-account-token-v1"`,
    `"2024-11-05T10:22:31.000Z"`,
    `"sha512-${randomText(random, ALPHABETS.base64, 86)}=="`,
    `settings.API_KEY_V2`,
    `"TestRSAPrivateKey2048"`,
  ])('is left alone: %s', (value) => {
    expect(found(`api_key = ${value}`)).toEqual([]);
  });

  it('is left alone on the next line of an empty setting', () => {
    expect(found('GITHUB_API_KEY=\nDYNATRACE_API_KEY=\n')).toEqual([]);
  });

  it('is left alone in prose', () => {
    expect(found('The token: abc123def456ghi789 is what the server sends back to you.')).toEqual([]);
  });
});

describe('the kind of file', () => {
  const text = `client_secret = "${alnum(48)}"`;
  const [chosen] = [`password = "Winter${2024}!ok"`];

  it.each([
    ['src/config.ts', 'high'],
    ['test/config.test.ts', 'low'],
    ['docs/setup.md', 'low'],
    ['package-lock.json', undefined],
    ['dist/app.min.js', undefined],
  ])('decides: %s', (path, confidence) => {
    expect(findings(text, path)[0]?.confidence).toBe(confidence);
  });

  it('leaves passwords that people choose to ordinary files', () => {
    expect(findings(chosen as string, 'config.yml')[0]?.confidence).toBe('medium');
    const short = `password = "${['Xy7', 'kkPq92'].join('!')}"`;
    expect(findings(short, 'config.yml')[0]?.confidence).toBe('low');
    expect(findings(chosen as string, 'test/login.test.ts')).toEqual([]);
  });
});

describe('a bare value', () => {
  const chosen = ['Xy7', 'kkPq92'].join('!');

  it('is a literal where it is bound without a space, as in settings and commands', () => {
    expect(found(`spring.datasource.password=${chosen}`)).toEqual([chosen]);
    expect(found(`mysql -u root --password=${chosen}`)).toEqual([chosen]);
  });

  it('is a reference where it could be one', () => {
    expect(found('password = Config.PASSWORD1')).toEqual([]);
    expect(found('connect(password=Config.PASSWORD1)')).toEqual([]);
  });
});

describe('any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'password',
      'api_key',
      'Token',
      'secret',
      '=',
      ':',
      '"',
      "'",
      '\\',
      '<',
      '>',
      '(',
      ',',
      '\n',
      ' ',
      '--',
      '$',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.base64String({ maxLength: 40 }),
  );

  it('neither throws nor names a place outside', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        for (const { match, secret } of findings(text)) {
          expect(match.start).toBeGreaterThanOrEqual(0);
          expect(match.start).toBeLessThan(secret.start);
          expect(secret.end).toBe(match.end);
          expect(secret.end).toBeLessThanOrEqual(text.length);
          expect(secret.end - secret.start).toBeLessThanOrEqual(512);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same answer wherever in a text it stands', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (before, after) => {
        const text = `${'\n'.repeat(before)}client_secret = "${SECRET}"\n${' '.repeat(after)}`;
        expect(found(text)).toEqual([SECRET]);
      }),
      { numRuns: 50 },
    );
  });

  it('costs no more in a long text than in a short one', () => {
    const long = `api_key = "${'a1'.repeat(1_000_000)}"`;
    const started = performance.now();
    for (let n = 0; n < 1000; n++) detectGeneric(long, 4, 'key');
    expect(performance.now() - started).toBeLessThan(500);
  });
});
