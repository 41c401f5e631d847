import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hit } from '#core/check.ts';
import { Text } from '#core/text.ts';
import { type SecretInBlob, SecretsExaminer } from './examiner.ts';
import { expandExample } from './examples.ts';
import { readConfiguration } from './format/config.ts';
import { anchorOf, strengthOf } from './identity.ts';
import { family } from './index.ts';
import { assemble } from './prepare.ts';
import { ALPHABETS, randomText, seededRandom } from './random.ts';
import { SecretScanner } from './scan.ts';

const random = seededRandom('secrets.test');
const draw = (length: number): string => randomText(random, ALPHABETS.alnum, length);
const CHECK = 'secrets/r' as const;

async function hitsIn(rules: string, text: string, path = 'a.txt'): Promise<Hit[]> {
  const { inspector } = await family.prepare({ shipped: false, rules: [{ file: 'r.toml', text: rules }] });
  const hits: Hit[] = [];
  const content = Text.from(text);
  inspector.inspect(
    { path, origin: { kind: 'file' }, text: content, bytes: content.bytes },
    { hit: (hit) => hits.push(hit), problem: () => undefined },
  );
  return hits;
}

const rule = (id: string, regex: string, more = ''): string =>
  `[[rules]]\nid = '${id}'\ndescription = 'A ${id}'\nregex = '''${regex}'''\n${more}`;

describe('the identity of a secret', () => {
  const span = (text: string, value: string) => ({
    start: text.indexOf(value),
    end: text.indexOf(value) + value.length,
  });
  const anchor = (text: string, value: string) => anchorOf(CHECK, value, text, span(text, value), [span(text, value)]);

  test('a strong one is itself, wherever it stands', () => {
    const value = draw(32);
    expect(anchor(`a = ${value}`, value)).toEqual(anchor(`\n\nother: "${value}"`, value));
  });

  test('a weak one is its line and no more than 12 bits of it', () => {
    const { stable } = anchor('password = hunter2', 'hunter2');
    expect(stable).toMatch(/^w:[0-9a-f]{3}:[0-9a-f]{32}$/);
    expect(anchor('\n  password  =  hunter2', 'hunter2').stable).toBe(stable);
    expect(anchor('passphrase = hunter2', 'hunter2').stable).not.toBe(stable);
    const context = stable.slice(6);
    expect(anchor('password = hunter3', 'hunter3').stable.slice(6)).toBe(context);
  });

  test('neither part of it holds the secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (value) => {
        const text = `x = ${value}`;
        const { key, stable } = anchorOf(CHECK, value, text, { start: 4, end: text.length }, []);
        expect(key + stable).not.toContain(value);
      }),
    );
  });

  test.each([
    ['hunter2', false],
    ['correcthorsebatterystaple', false],
    ['Summer2024!Summer2024!', false],
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', false],
    [draw(24), true],
    [randomText(random, ALPHABETS.hex, 32), true],
  ])('strength %#', (value, strong) => {
    expect(strengthOf(value) >= 64).toBe(strong);
  });
});

describe('one secret is one hit', () => {
  test('the rule of a provider before a generic one', async () => {
    const value = draw(20);
    const rules = rule('generic-key', 'key = (\\w{20})') + rule('acme', `acme_key = (\\w{20})`);
    expect((await hitsIn(rules, `acme_key = ${value}`)).map(({ check }) => check)).toEqual(['secrets/acme']);
  });

  test('two secrets in a line stay two, each masked in both', async () => {
    const hits = await hitsIn(rule('r', 'k=(\\w{8})'), 'k=abcdefg1 k=abcdefg2');
    expect(hits.map(({ span }) => span.start)).toEqual([2, 13]);
  });
});

describe('no secret leaves', () => {
  test('a hit as JSON does not hold it', async () => {
    const value = draw(40);
    const hits = await hitsIn(rule('r', 'k=(\\w{40})'), `k=${value} ${Buffer.from(`k=${value}`).toString('base64')}`);
    expect(hits).toHaveLength(2);
    expect(JSON.stringify(hits)).not.toContain(value.slice(4, 16));
  });
});

test('a rule about paths is a hit without a place', async () => {
  const toml = "[[rules]]\nid = 'p'\ndescription = 'Key store'\npath = '\\.p12$'\n";
  expect(await hitsIn(toml, 'x', 'a/b.p12')).toMatchObject([{ check: 'secrets/p', span: { start: 0, end: 0 } }]);
  expect(await hitsIn(toml, 'x', 'a/b.txt')).toEqual([]);
});

test('a rule of the user takes the place of a shipped one of its id, and disabled ones take no part', async () => {
  const [first, second] = family.checks;
  const id = first?.id.slice('secrets/'.length) ?? '';
  const disabled = [second?.id.slice('secrets/'.length) ?? ''];
  const { checks } = await family.prepare({ rules: [{ file: 'r.toml', text: rule(id, 'abc') }], disabled });
  expect(checks.filter((check) => check.id === first?.id).map(({ title }) => title)).toEqual([`A ${id}`]);
  expect(checks.some((check) => check.id === second?.id)).toBe(false);
});

test('a disabled rule that there is none of is a problem, since its namesake goes on', () => {
  expect(assemble({ disabled: ['mapbox-public-token'] }).problems).toEqual([]);
  expect(assemble({ disabled: ['mapbox-public-tokn'] }).problems).toMatchObject([{ code: 'rule-unknown' }]);
});

test('the digest follows the rules', async () => {
  const digest = async (regex: string): Promise<string> =>
    (await family.prepare({ rules: [{ file: 'r.toml', text: rule('mine', regex) }] })).digest;
  expect(await digest('abc')).toBe(await digest('abc'));
  expect(await digest('abc')).not.toBe(await digest('abd'));
});

describe('parts of a blob', () => {
  const toml =
    rule('token', 'tok_[a-z]{4}', 'keywords = ["tok_"]\n') +
    rule('pair', 'name:\\s+tok_([a-z]{4})', 'keywords = ["name:"]\n');
  const { rules, allowlists } = readConfiguration({ file: 'r.toml', text: toml });
  const examiner = new SecretsExaminer([{ rules, allowlists }]);

  function examine(text: string, ranges: readonly number[]): string[] {
    const bytes = Buffer.from(text);
    const found: SecretInBlob[] = [];
    const marks: number[] = [];
    const content = Buffer.concat([bytes, Buffer.from('tok_zzzz')]);
    examiner.sift(content, bytes.length, bytes.length, marks);
    examiner.examine(content, bytes.length, Uint32Array.from(ranges), ranges.length, found);
    for (const { start } of found) expect(marks.some((mark) => mark >= start)).toBe(true);
    return found.map(
      ({ start, secretStart, secretEnd }) => `${start} ${bytes.toString('utf8', secretStart, secretEnd)}`,
    );
  }

  test('a part finds what the whole finds there', () => {
    const line = fc.constantFrom('tok_abcd', 'é tok_efgh', 'name: tok_ijkl', 'nothing', '', '😀');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(12), (lines, cut) => {
        const text = lines.join('\n');
        const at = Buffer.byteLength(
          lines
            .slice(0, cut)
            .map((one) => `${one}\n`)
            .join(''),
        );
        const size = Buffer.byteLength(text);
        const start = Math.min(at, size);
        const whole = examine(text, [0, size]);
        const later = whole.filter((hit) => Number.parseInt(hit, 10) >= start);
        expect(examine(text, [start, size])).toEqual(later);
      }),
    );
  });
});

describe('examples', () => {
  test('are the same every time, and differ by rule and number', () => {
    const one = expandExample('r', 1, 'k = «{{alnum 20}}»');
    expect(expandExample('r', 1, 'k = «{{alnum 20}}»')).toEqual(one);
    expect(expandExample('r', 2, 'k = «{{alnum 20}}»')).not.toEqual(one);
    expect(one.spans).toEqual([{ start: 4, end: 24 }]);
  });

  test('leave the braces of other languages alone', () => {
    expect(expandExample('r', 1, '{{ token }} {{uuid}} {{repeat x 3}}').content).toMatch(
      /^\{\{ token \}\} [0-9a-f-]{36} xxx$/,
    );
  });

  test.each(['«a', 'a»', '{{alnum many}}', '{{proof nothing}}'])('%s is a mistake', (content) => {
    expect(() => expandExample('r', 1, content)).toThrow(RangeError);
  });
});

test('a text of many megabytes is looked at in parts, each secret once', { timeout: 120_000 }, () => {
  const toml = rule('token', 'secretkey_([a-z]{6})', 'keywords = ["secretkey_"]\n');
  const { rules, allowlists } = readConfiguration({ file: 'r.toml', text: toml });
  const scanner = new SecretScanner([{ rules, allowlists }]);
  const token = 'secretkey_abcdef ';
  for (const shift of [0, 5, 17]) {
    const text = `${token}${' '.repeat(8_000_000 - token.length - shift)}${token}${' '.repeat(8_000_000)}${token}`;
    const found = scanner.scan(Text.from(text), { path: 'a', commit: undefined });
    expect(found.map(({ match }) => match.start)).toEqual([0, 8_000_000 - shift, 16_000_000 + token.length - shift]);
  }
});
