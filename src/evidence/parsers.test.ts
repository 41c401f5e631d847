import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/statement.ts';
import { type BundleJson, parseBundle, readBundle } from './bundle.ts';
import { preAuthEncoding } from './envelope.ts';
import { newSigner, numbered, subjectOf } from './fixture.ts';
import { canonicalJson, parseJson } from './json.ts';
import { entryFor, entryLine, parseEntry } from './ledger/entry.ts';
import { EMPTY_ROOT } from './ledger/merkle.ts';
import { openCheckpoint, parseCheckpoint, signCheckpoint, verifierKey } from './ledger/note.ts';
import { signStatement } from './sign.ts';
import { createStatement, parseStatement, statementBytes } from './statement.ts';
import { parseTrustedRoot } from './trusted-root.ts';

const refusal = expect.objectContaining({ name: 'Refusal' });

/** Reads anything to its end: a value, or a refusal; never another error. */
function answers(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    expect(error).toEqual(refusal);
  }
}

describe('canonical JSON', () => {
  test.each<[Json, string]>([
    // RFC 8785, 3.2.2 and 3.2.3.
    [
      { numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27], literals: [null, true, false] },
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    ],
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [{ a: undefined, b: '\u000f\n"\\/' }, '{"b":"\\u000f\\n\\"\\\\/"}'],
  ])('%j', (value, text) => expect(canonicalJson(value)).toBe(text));

  test('is read back as the same value, and has one text for it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(parseJson(Buffer.from(text), 'it'))).toBe(text);
      }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800'])('has no %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  test('that is nested without end is refused, and quickly', () => {
    const deep = Buffer.from('['.repeat(1_000_000));
    expect(() => parseJson(deep, 'it')).toThrow(refusal);
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]), 'it')).toThrow(refusal);
    expect(parseJson(Buffer.from(`"${'['.repeat(1_000)}"`), 'it')).toBe('['.repeat(1_000));
  });
});

describe('whatever bytes come, every parser answers with a value or a refusal', () => {
  const parsers: readonly (readonly [string, (bytes: Buffer) => unknown])[] = [
    ['JSON', (bytes) => parseJson(bytes, 'it')],
    ['a statement', parseStatement],
    ['a bundle', parseBundle],
    ['an entry', parseEntry],
    ['a trusted root', parseTrustedRoot],
    ['a checkpoint', (bytes) => parseCheckpoint(bytes.toString('utf8'))],
  ];

  test.each(parsers)('%s: of any bytes', (_, parse) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => answers(() => parse(Buffer.from(bytes)))));
  });

  test.each(parsers)('%s: of any JSON', (_, parse) => {
    fc.assert(fc.property(fc.json({ maxDepth: 4 }), (text) => answers(() => parse(Buffer.from(text)))));
  });

  test.each(parsers)('%s: of what is nearly right', async (_, parse) => {
    const bundle = await signStatement(numbered(1), await newSigner());
    const checkpoint = await signCheckpoint({ origin: 'a', size: 0, root: EMPTY_ROOT }, await newSigner('ed25519'));
    const texts = [
      canonicalJson(bundle),
      canonicalJson(entryFor(bundle, new Date(0)) as unknown as JsonObject),
      statementBytes(numbered(1)).toString(),
      checkpoint,
      JSON.stringify({ tlogs: [{ publicKey: { rawBytes: 'AA==', validFor: { start: '2020-01-01T00:00:00Z' } } }] }),
    ];
    const edit = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(),
      cut: fc.nat(8),
      put: fc.string({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 1 }), ([one]) => {
        if (one === undefined) return;
        const at = one.at % one.text.length;
        const text = one.text.slice(0, at) + one.put + one.text.slice(at + one.cut);
        answers(() => parse(Buffer.from(text)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('statements', () => {
  test('are read back as they were written', () => {
    const name = fc.string({ maxLength: 20 });
    const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
    const type = fc.webUrl();
    fc.assert(
      fc.property(name, digest, type, fc.dictionary(name, fc.jsonValue()), (of, sha256, predicateType, predicate) => {
        const subject = [{ name: of, digest: { sha256 } }];
        const statement = createStatement(subject, predicateType, predicate as JsonObject);
        expect(statementBytes(parseStatement(statementBytes(statement)))).toEqual(statementBytes(statement));
      }),
    );
  });

  test.each<[string, unknown]>([
    ['no subject', { ...numbered(1), subject: [] }],
    ['a subject without a digest', { ...numbered(1), subject: [{ name: 'a', digest: {} }] }],
    ['a digest in capitals', { ...numbered(1), subject: [{ name: 'a', digest: { sha256: 'A'.repeat(64) } }] }],
    ['a digest that is too short', { ...numbered(1), subject: [{ name: 'a', digest: { sha256: 'ab'.repeat(20) } }] }],
    ['another type', { ...numbered(1), _type: 'https://in-toto.io/Statement/v2' }],
    ['no predicate type', { ...numbered(1), predicateType: '' }],
  ])('with %s are refused', (_, value) => {
    expect(() => parseStatement(Buffer.from(JSON.stringify(value)))).toThrow(refusal);
  });

  test('of version 0.1 are read', () => {
    const old = { ...numbered(1), _type: 'https://in-toto.io/Statement/v0.1' };
    expect(parseStatement(Buffer.from(JSON.stringify(old)))).toEqual(numbered(1));
  });
});

test('no two envelopes are signed over the same bytes', () => {
  const payload = fc.uint8Array({ maxLength: 20 });
  const type = fc.string({ maxLength: 20 });
  fc.assert(
    fc.property(type, payload, type, payload, (a, b, c, d) => {
      const same = preAuthEncoding(a, b).equals(preAuthEncoding(c, d));
      expect(same).toBe(Buffer.from(a).equals(Buffer.from(c)) && Buffer.from(b).equals(Buffer.from(d)));
    }),
  );
});

test.each<[string, (bundle: Record<string, JsonObject>) => unknown]>([
  ['an unknown field', (bundle) => ({ ...bundle, more: 1 })],
  ['an unknown version', (bundle) => ({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' })],
  ['two signatures', (bundle) => withEnvelope(bundle, { signatures: [{ sig: 'AA==' }, { sig: 'AA==' }] })],
  ['no signature', (bundle) => withEnvelope(bundle, { signatures: [] })],
  ['another spelling of base64', (bundle) => withEnvelope(bundle, { payload: 'AB==' })],
  [
    'two kinds of content',
    (bundle) => ({
      ...bundle,
      messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'AA==' }, signature: 'AA==' },
    }),
  ],
  ['neither a key nor a certificate', (bundle) => ({ ...bundle, verificationMaterial: {} })],
])('a bundle with %s is refused', async (_, spoil) => {
  const bundle = (await signStatement(numbered(1), await newSigner())) as Record<string, JsonObject>;
  expect(() => readBundle(bundle)).not.toThrow();
  expect(() => readBundle(spoil(bundle) as BundleJson)).toThrow(expect.objectContaining({ code: 'bundle-invalid' }));
});

const withEnvelope = (bundle: Record<string, JsonObject>, over: JsonObject): unknown => ({
  ...bundle,
  dsseEnvelope: { ...bundle['dsseEnvelope'], ...over },
});

test('an entry that says something else than its bundle is refused', async () => {
  const entry = entryFor(await signStatement(numbered(1), await newSigner()), new Date(0));
  expect(parseEntry(entryLine(entry))).toEqual(entry);
  const [other = ''] = Object.values(subjectOf('other').digest);
  for (const over of [{ type: 'urn:x' }, { id: '00'.repeat(32) }, { subjects: [`sha256:${other}`] }]) {
    expect(() => parseEntry(entryLine({ ...entry, ...over }))).toThrow(
      expect.objectContaining({ code: 'entry-invalid' }),
    );
  }
});

describe('checkpoints', () => {
  const sizes = fc.nat();
  const names = fc.stringMatching(/^[a-z0-9./-]{1,30}$/);

  test('are opened by the key that signed them, and by no other', async () => {
    const [signer, other] = [await newSigner('ed25519'), await newSigner('ed25519')];
    await fc.assert(
      fc.asyncProperty(names, sizes, fc.uint8Array({ minLength: 32, maxLength: 32 }), async (origin, size, root) => {
        const note = await signCheckpoint({ origin, size, root: Buffer.from(root) }, signer);
        expect(openCheckpoint(note, [other.publicKey, signer.publicKey])).toEqual({
          origin,
          size,
          root: Buffer.from(root),
        });
        expect(() => openCheckpoint(note, [other.publicKey])).toThrow(
          expect.objectContaining({ code: 'checkpoint-untrusted' }),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('are refused with any one bit turned', async () => {
    const signer = await newSigner('ed25519');
    const bytes = Buffer.from(await signCheckpoint({ origin: 'ledger/a', size: 12, root: EMPTY_ROOT }, signer));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => openCheckpoint(turned.toString('utf8'), [signer.publicKey]), `bit ${bit}`).toThrow(refusal);
    }
  });

  test('have keys as other verifiers of notes write them', async () => {
    const { publicKey } = await newSigner('ed25519');
    expect(verifierKey('ledger/a', publicKey)).toMatch(/^ledger\/a\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/);
  });
});
