import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '#core/secret.ts';
import { cuts, maskerOf, RUNS, SAMPLE, throughPieces } from './fixture.ts';
import { Masker } from './masker.ts';

describe('parts of a value', () => {
  test('each line of a key, whatever stands before it', () => {
    const lines = ['MIIEvQIBADANBg', 'kqhkiG9w0BAQEF', 'AASCBKcwggSjAg'].map((line, index) => `${line}${index}`);
    const key = `${['-----BEGIN', 'KEY-----'].join(' ')}\n${lines.join('\n')}\n${['-----END', 'KEY-----'].join(' ')}`;
    const shown = maskerOf(key).mask(lines.map((line, index) => `12:00:0${index} | ${line}`).join('\n'));
    expect(shown).toBe('12:00:00 | ***\n12:00:01 | ***\n12:00:02 | ***');
    expect(maskerOf(key).mask('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
  });

  test('the value without the space around it', () => {
    expect(maskerOf(`  ${SAMPLE}\n`).mask(`[${SAMPLE}]`)).toBe('[***]');
  });

  test('the password of a URL, as written and decoded', () => {
    const masker = maskerOf(`postgres://app:${'p%40ss'}${'W0rd9'}@db.example/shop`);
    expect(masker.mask('connecting with p@ssW0rd9 to db.example')).toBe('connecting with *** to db.example');
    expect(masker.mask('p%40ssW0rd9')).toBe('***');
  });

  test('what a JSON document calls secret', () => {
    const masker = maskerOf(JSON.stringify({ type: 'service', nested: [{ private_key: 'aa-bb-cc\ndd-ee-ff' }] }));
    expect(masker.mask('service\naa-bb-cc\ndd-ee-ff')).toBe('service\n***');
    expect(masker.mask('> dd-ee-ff')).toBe('> ***');
  });

  test('what a value in base64 decodes to', () => {
    expect(maskerOf(Buffer.from(SAMPLE.replace('é', '')).toString('base64')).mask(SAMPLE.replace('é', ''))).toBe('***');
  });
});

describe('text without secrets', () => {
  test('passes byte for byte, however it is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, where) => {
        const text = Buffer.from(bytes);
        const masker = maskerOf(SAMPLE, 'correct-horse-battery');
        expect(throughPieces(masker, text, where).equals(text)).toBe(true);
      }),
      { numRuns: RUNS * 5 },
    );
  });

  test('also where it nearly is one', () => {
    const near = fc.array(
      fc.constantFrom(
        'corr',
        'ect',
        '-horse',
        '-b',
        'attery',
        '\x1b[31m',
        '\x1b',
        '%63',
        '\\u00',
        '&#',
        ' ',
        'Y29y',
        'cmVj',
        '63 6f',
        '\n',
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(near, cuts, (pieces, where) => {
        const text = Buffer.from(pieces.join(''));
        fc.pre(!text.toString().replaceAll('\x1b[31m', '').includes('correct-horse-battery'));
        expect(throughPieces(maskerOf('correct-horse-battery'), text, where).equals(text)).toBe(true);
      }),
      { numRuns: RUNS * 5 },
    );
  });

  test('comes back as the same text, even where it is no Unicode', () => {
    expect(maskerOf(SAMPLE).mask('\ud800 lone')).toBe('\ud800 lone');
    expect(new Masker().mask('any')).toBe('any');
  });
});

describe('what is held back', () => {
  const masker = maskerOf('correct-horse-battery');
  const write = (stream: ReturnType<Masker['stream']>, text: string): string =>
    stream.write(Buffer.from(text)).toString();

  test('a prompt comes at once, and a possible start of a secret waits', () => {
    const stream = masker.stream();
    expect(write(stream, 'Proceed? [y/N] ')).toBe('Proceed? [y/N] ');
    expect(write(stream, 'user corr')).toBe('user ');
    expect(write(stream, 'idor\n')).toBe('corridor\n');
    expect(write(stream, 'user correct-horse-batt')).toBe('user ');
    expect(write(stream, 'ery')).toBe('***');
    expect(write(stream, 'cor')).toBe('');
    expect(stream.end().toString()).toBe('cor');
    expect(stream.end().toString()).toBe('');
  });

  test('does not grow with what a job prints', () => {
    const stream = maskerOf('abcabcabc').stream();
    const shown: Buffer[] = [];
    for (let round = 0; round < 5_000; round += 1)
      shown.push(stream.write(Buffer.from('abca')), stream.write(Buffer.from('bc')));
    shown.push(stream.end());
    expect(Buffer.concat(shown).toString()).toBe('***');
  });

  test('a secret that is added later is masked in open streams', () => {
    const late = new Masker();
    const stream = late.stream();
    expect(write(stream, 'tok-en-value ')).toBe('tok-en-value ');
    late.add(new Secret('tok-en-value'));
    expect(write(stream, 'tok-en-value ')).toBe('*** ');
  });
});

describe('several secrets', () => {
  test('overlapping ones are one mask, touching ones are two', () => {
    const masker = maskerOf('alpha-beta-1', 'beta-1-gamma', 'alpha-beta');
    expect(masker.mask('<alpha-beta-1-gamma>')).toBe('<***>');
    expect(masker.mask('<alpha-betaalpha-beta>')).toBe('<******>');
  });

  test('the output does not depend on the cuts', () => {
    const masker = maskerOf('abab-cdcd', 'cdcd-abab', 'abab');
    const text = fc
      .array(fc.constantFrom('ab', 'cd', '-', 'x', '\x1b[1m'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, cuts, (written, where) => {
        const bytes = Buffer.from(written);
        const shown = (at: readonly number[]): string =>
          throughPieces(masker, bytes, at).toString().replaceAll('\x1b[1m', '');
        expect(shown(where)).toBe(shown([]));
      }),
      { numRuns: RUNS * 5 },
    );
  });
});

describe('colours', () => {
  test('within a secret do not hide it, and are still shown', () => {
    const masker = maskerOf('correct-horse-battery');
    expect(masker.mask('a \x1b[1mcorrect\x1b[m\x1b[K-horse-battery z')).toBe('a \x1b[1m***\x1b[m\x1b[K z');
  });

  test('a secret within a sequence is masked as well', () => {
    expect(maskerOf('48151623').mask('\x1b[48151623m')).toBe('\x1b[***m');
  });
});

describe('values that cannot be masked', () => {
  test.each(['', '1', 'abc', '  x ', 'true', 'FALSE', 'production', '0000', '*****', '----'])('%j', (weak) => {
    const masker = new Masker();
    const problem = masker.add(new Secret(weak), 'secret DEPLOY_MODE');
    expect(problem).toMatchObject({ code: 'secret-not-maskable' });
    expect(problem?.message).toContain('DEPLOY_MODE');
    if (weak.trim() !== '' && weak.length > 1) expect(problem?.message).not.toContain(weak);
    expect(masker.mask('true production 1 abc ---- 0000')).toBe('true production 1 abc ---- 0000');
  });

  test('a long value is masked in pieces, each in every encoding', () => {
    const long = Array.from({ length: 3_000 }, (_, index) => `${index * 7_919}é`).join('');
    const masker = maskerOf(long);
    expect(masker.mask(`<${long}>`)).toMatch(/^<(\*\*\*)+>$/);
    expect(masker.mask(`<${encodeURIComponent(long)}>`)).toMatch(/^<(\*\*\*)+>$/);
    expect(masker.mask(Buffer.from(`<${long}>`).toString('base64'))).toMatch(/^\w?(\*\*\*)+\w{0,2}=*$/);
  });

  test('of a file the first lines are masked, and that is said', () => {
    const lines = Array.from({ length: 9_000 }, (_, index) => `entry-number-${index * 7919}`);
    const masker = new Masker();
    expect(masker.add(new Secret(lines.join('\n')), 'F')).toMatchObject({ code: 'secret-too-long' });
    expect(masker.mask('x entry-number-7919 y')).toBe('x *** y');
  });
});
