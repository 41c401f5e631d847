import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROOFS } from './index.ts';
import { isPlaceholder } from './placeholder.ts';
import type { ProofModule, Random } from './proof.ts';

const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const module = (name: string): ProofModule => {
  const found = PROOFS[name];
  if (found === undefined) throw new Error(`no proof ${name}`);
  return found;
};

const outcome = (name: string, secret: string, match = secret): string => module(name).prove(secret, match).outcome;
const made = (name: string, arg?: string, seed = 7): string => module(name).generate?.(seeded(seed), arg) ?? '';

const VARIANTS: readonly (readonly [string, string | undefined])[] = [
  ...Object.keys(PROOFS).map((name) => [name, undefined] as const),
  ['github-checksum', 'ghs'],
  ['gitlab-routable', 'glrt-t1_'],
  ['atlassian-checksum', 'ATCTT3'],
  ['aws-access-key-id', 'ASIA'],
  ['base64-json', 'ops_,300'],
  ['base58check', 'xprv'],
  ['connection-url', 'mongodb+srv'],
  ['jwt', 'exp'],
  ['luhn', '51'],
  ['private-key', 'sec1'],
  ['private-key', 'openssh'],
  ['private-key', 'escaped'],
  ['private-key', 'sec1 escaped'],
  ['private-key', 'pgp'],
  ['basic-auth', '20,22'],
];

describe('every proof', () => {
  test.each(VARIANTS)('%s %s proves what it generates, for any seed', (name, arg) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const secret = made(name, arg, seed);
        expect(module(name).prove(secret, secret).statement).not.toBe('');
        expect(outcome(name, secret)).toBe('proven');
      }),
      { numRuns: 25 },
    );
  });

  test.each(Object.keys(PROOFS))('%s generates the same from the same seed', (name) => {
    expect(made(name, undefined, 42)).toBe(made(name, undefined, 42));
    expect(made(name, undefined, 42)).not.toBe(made(name, undefined, 43));
  });

  test.each(Object.keys(PROOFS))('%s never throws, never proves noise, and never repeats scanned text', (name) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const secret = `-----BEGIN PRIVATE KEY-----${text}-----END`;
        for (const value of [text, secret]) {
          const proof = module(name).prove(value, value);
          expect(proof.outcome).not.toBe('proven');
          if (text.length > 8) expect(proof.statement).not.toContain(text);
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each(Object.keys(PROOFS))('%s ends quickly on long input', (name) => {
    for (const unit of ['a', 'A1', '=', ':@', '-----BEGIN ', 'eyJ.', '\\n', '://:']) {
      const text = unit.repeat(200_000 / unit.length);
      const start = performance.now();
      module(name).prove(text, text);
      expect(performance.now() - start).toBeLessThan(1000);
    }
  });
});

describe('checksums', () => {
  const oneChanged = (text: string): string => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');

  test.each(['github-checksum', 'npm-checksum', 'gitlab-routable', 'atlassian-checksum', 'grafana-checksum', 'luhn'])(
    '%s is refuted when its last character changes',
    (name) => expect(outcome(name, oneChanged(made(name)))).toBe('refuted'),
  );

  test('a token of another length is not judged by GitHub’s checksum', () => {
    expect(outcome('github-checksum', `ghp_${'a1'.repeat(30)}`)).toBe('unknown');
  });

  test('a GitLab token of the older kind carries no checksum', () => {
    expect(outcome('gitlab-routable', `glpat-${'a1B2'.repeat(5)}`)).toBe('unknown');
  });

  test('age and Base58Check notice a changed character', () => {
    const age = made('age-key');
    expect(outcome('age-key', age.slice(0, -1) + (age.endsWith('Q') ? 'P' : 'Q'))).toBe('refuted');
    const wif = made('base58check');
    expect(outcome('base58check', wif.slice(0, -1) + (wif.endsWith('1') ? '2' : '1'))).toBe('refuted');
  });

  test('the Luhn digit of a published test number matches, with and without spaces', () => {
    expect(outcome('luhn', '4111 1111 1111 1111')).toBe('proven');
    expect(outcome('luhn', '4111-1111-1111-1112')).toBe('refuted');
  });
});

describe('AWS access key ids', () => {
  test('a key of the older kind is not judged', () => {
    expect(outcome('aws-access-key-id', `AKIA${'IOSFODNN7'}EXAMPLE`)).toBe('unknown');
  });

  test('a number past twelve digits refutes', () => {
    expect(outcome('aws-access-key-id', `AKIA${'7'.repeat(16)}`)).toBe('refuted');
  });
});

describe('JSON Web Tokens', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  test.each([
    ['no algorithm', `${encode({ typ: 'JWT' })}.${encode({ sub: 'a' })}.c2ln`],
    ['alg none', `${encode({ alg: 'none' })}.${encode({ sub: 'a' })}.`],
    ['no signature', `${encode({ alg: 'HS256' })}.${encode({ sub: 'a' })}.`],
    ['payload is a list', `${encode({ alg: 'HS256' })}.${encode(['a'])}.c2ln`],
    ['header is noise', `eyJhbGciOnt7.${encode({ sub: 'a' })}.c2ln`],
  ])('%s refutes', (_, token) => expect(outcome('jwt', token)).toBe('refuted'));

  test('the statement says whether the token expires', () => {
    expect(module('jwt').prove(made('jwt', 'exp'), '').statement).toContain('has an expiry');
    expect(module('jwt').prove(made('jwt'), '').statement).toContain('never expires');
  });
});

describe('private keys', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const pkcs1 = String(privateKey.export({ type: 'pkcs1', format: 'pem' }));

  test.each([
    ['PKCS#1', pkcs1],
    ['PKCS#8', privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['escaped in JSON', JSON.stringify(pkcs1)],
    ['in a comment', pkcs1.replaceAll('\n', '\n// ')],
    ['concatenated in source', pkcs1.replaceAll('\n', '\\n" +\n    "')],
    ['with CRLF and indented', pkcs1.replaceAll('\n', '\r\n    ')],
    ['under a passphrase', privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' })],
    [
      'under a passphrase, traditional',
      privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }),
    ],
  ])('an RSA key is proven: %s', (_, pem) => expect(outcome('private-key', String(pem))).toBe('proven'));

  test('a cut key is refuted', () => {
    const cut = pkcs1.replace(/\n.*\n(?=-----END)/, '\n');
    expect(outcome('private-key', cut)).toBe('refuted');
  });

  test('an OpenSSH key under a passphrase is told apart', () => {
    const pem = made('private-key', 'openssh');
    expect(module('private-key').prove(pem, pem).statement).toContain('without passphrase');
  });

  test('what is generated as SEC 1 is what OpenSSL reads', () => {
    expect(createPrivateKey(made('private-key', 'sec1')).asymmetricKeyType).toBe('ec');
  });

  test('OpenPGP armor is judged by packet and checksum', () => {
    const armor = made('private-key', 'pgp');
    expect(outcome('private-key', armor)).toBe('proven');
    expect(outcome('private-key', armor.replace(/\n=..../, '\n=AAAA'))).toBe('refuted');
    expect(outcome('private-key', armor.replace(/\n=..../, ''))).toBe('unknown');
    expect(outcome('private-key', armor.replace('\n\nl', '\n\nm'))).toBe('refuted');
  });
});

describe('connection URLs', () => {
  const url = (password: string, host = 'db.corp.internal'): string => `postgres://app:${password}@${host}:5432/x`;

  test.each([
    'password',
    ['$', '{DB_PASSWORD}'].join(''),
    '$PASS',
    '{{ pw }}',
    '<password>',
    'xxxx',
    '****',
    'your_password',
    'app',
    '%s',
    'changeme',
  ])('the placeholder %s refutes', (password) => expect(outcome('connection-url', url(password))).toBe('refuted'));

  test.each(['localhost', '127.0.0.1', 'db.example.com', 'x.test'])('the reserved host %s refutes', (host) =>
    expect(outcome('connection-url', url('q8Zr1LwP', host))).toBe('refuted'),
  );

  test('a real password for a real host proves, also with signs in it', () => {
    expect(outcome('connection-url', url('q8%40Zr1:LwP'))).toBe('proven');
  });
});

describe('placeholders', () => {
  test.each(['correct-horse-battery', 'q8Zr1LwP', 'P@ssw0rd$1', 'aab'])('%s is none', (value) =>
    expect(isPlaceholder(value)).toBe(false),
  );
});
