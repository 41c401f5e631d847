import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import type { CheckId } from '#core/check.ts';
import type { Finding, Location } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import { plain } from '#core/secret.ts';
import { CONFIDENCES, SEVERITIES } from '#core/severity.ts';
import { documentation, emptyReport, finding, location, whole } from './fixture.ts';
import { FORMATS, formatNamed } from './index.ts';

/** Reports of arbitrary hostile text: whatever a repository holds, what is written stays what it says it is. */

const TRAPS = [
  '<x-trap>',
  '"x-trap="',
  "'x-trap='",
  '</script><x-trap>',
  '</style><x-trap>',
  ']]><x-trap>',
  '--><x-trap>',
  '\n::error::x-trap',
  '::error::x-trap',
  '##[stop-commands]x-trap',
  '##vso[task.setvariable variable=x-trap]',
  '\r\n',
  '=x-trap()',
  '\u001b]8;;https://example.com\u0007',
  '\u009b31m',
  '\u202e\u2066',
  '\u2028\u2029',
  '\ud800',
  '\uffff',
  '\u0000',
  '```\n<x-trap>',
  '`<x-trap>`',
  '| <x-trap> |',
  '[x](javascript:trap)',
  '@x-trap #1',
  '%0A%25',
  '$& $1 $`',
];

const text = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom(...TRAPS)), { maxLength: 4 })
  .map((parts) => parts.join(''));
const masked = text.map(plain);
const small = fc.integer({ min: 1, max: 200 });

const origin: fc.Arbitrary<Location['origin']> = fc.oneof(
  fc.constant({ kind: 'file' as const }),
  fc.record({ kind: fc.constant('commit' as const), commit: text, author: text, email: text, date: text }),
  fc.record({ kind: fc.constant('layer' as const), digest: text }),
  fc.record({ kind: fc.constant('url' as const), url: text }),
);

const place: fc.Arbitrary<Location> = fc
  .record({ path: text, line: small, lines: fc.array(masked, { maxLength: 4 }), column: small, origin, length: small })
  .map(({ path, line, lines, column, origin, length }) =>
    location(path, line, column, {
      endColumn: column + length,
      origin,
      frame: { firstLine: Math.max(1, line - 1), lines },
    }),
  );

const check = fc.constantFrom('secrets/aws-access-key', 'secrets/generic', 'code/sql-injection' as const);

const hostileFinding: fc.Arbitrary<Finding> = fc
  .record({
    base: check,
    check: fc.oneof(check, text),
    fingerprint: fc.oneof(fc.constant('a'.repeat(32)), text),
    tags: fc.array(text, { maxLength: 2 }),
    place,
    places: fc.array(place, { maxLength: 3 }),
    title: text,
    message: masked,
    remedy: text,
    by: text,
    reason: text,
    severity: fc.constantFrom(...SEVERITIES),
    confidence: fc.constantFrom(...CONFIDENCES),
    kind: fc.option(fc.constantFrom('inline' as const, 'ignore-file' as const, 'baseline' as const)),
    proofs: fc.array(text, { maxLength: 2 }),
    secret: fc.boolean(),
  })
  .map(({ base, check, place, by, reason, kind, proofs, secret, ...more }) =>
    finding(base as CheckId, 'a', place, {
      ...more,
      check: check as CheckId,
      ...(kind === null ? {} : { suppression: { kind, by, reason, path: place.path, line: 1 } }),
      ...(secret ? { secret: { masked: more.message, proofs } } : {}),
      trace: [{ location: place, message: more.message }],
      fix: { description: more.title, edits: [{ ...place, text: more.remedy }] },
    }),
  );

const problem: fc.Arbitrary<Problem> = fc.record({
  code: text,
  message: text,
  hint: text,
  path: text,
  line: small,
  check: text,
});

const report: fc.Arbitrary<ScanReport> = fc
  .record({ findings: fc.array(hostileFinding, { maxLength: 3 }), problems: fc.array(problem, { maxLength: 2 }), text })
  .map(({ findings, problems, text }) => ({
    ...emptyReport(),
    target: { kind: 'since', path: text, revision: text },
    findings,
    problems,
    verdict: {
      outcome: 'refused',
      reasons: [
        {
          rule: text,
          outcome: 'refused',
          message: text,
          findings: findings.map(({ fingerprint }) => fingerprint),
          problems: 0,
        },
      ],
    },
  }));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/;

const each = async (name: string, holds: (written: string, report: ScanReport) => void): Promise<void> => {
  const { render } = (await formatNamed(name)?.load()) ?? expect.unreachable(name);
  fc.assert(
    fc.property(report, fc.integer({ min: 1, max: 130 }), fc.boolean(), (value, width, verbose) => {
      holds(whole(render)(value, { color: false, width, verbose, documentation }), value);
    }),
    { numRuns: 150 },
  );
};

describe.each(FORMATS.map(({ name }) => name))('%s of hostile text', (name) => {
  test('holds no character that a terminal obeys', () =>
    each(name, (written) => expect(name === 'csv' ? written.replaceAll('\r\n', '\n') : written).not.toMatch(OBEYED)));
});

describe.each(FORMATS.map(({ name }) => name))('%s in the log of a CI service', (name) => {
  test('holds no command that scanned text brought', () =>
    each(name, (written) => {
      expect(written).not.toMatch(/##\w*\[/);
      // The commands of one are its own, and a record of the other begins with a fingerprint.
      if (name !== 'github' && name !== 'csv') expect(written).not.toMatch(/^\s*::\w/m);
    }));
});

test('text in colour holds no escape sequence but its own', async () => {
  const { render } = (await formatNamed('text')?.load()) ?? expect.unreachable();
  fc.assert(
    fc.property(report, (value) => {
      const written = whole(render)(value, { color: true, width: 80, verbose: true, documentation });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that are ours
      expect(written.replaceAll(/\u001b\[[\d;]*m/g, '')).not.toMatch(OBEYED);
    }),
  );
});

describe.each(FORMATS.filter(({ extension }) => ['json', 'sarif'].includes(extension)).map(({ name }) => name))(
  '%s of hostile text',
  (name) => {
    test('is JSON', () => each(name, (written) => expect(typeof JSON.parse(written)).toBe('object')));
  },
);

test('json gives every string back', () =>
  each('json', (written, { findings }) => {
    const parsed = JSON.parse(written) as { findings: Finding[] };
    expect(parsed.findings.map(({ location }) => location.path)).toEqual(findings.map(({ location }) => location.path));
  }));

test('junit is well-formed, with a case for each finding and nothing of its text as markup', () =>
  each('junit', (written, { findings, problems }) => {
    expect(XMLValidator.validate(written)).toBe(true);
    expect(written.match(/<testcase /g)).toHaveLength(findings.length + problems.length + 1);
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(written) as object;
    expect(JSON.stringify(Object.keys(parsed))).toBe('["?xml","testsuites"]');
    expect(written).not.toContain('<x-trap');
  }));

test('csv has one record a finding, every field of it, and no formula', () =>
  each('csv', (written, { findings }) => {
    const [header = [], ...records] = readCsv(written);
    expect(records).toHaveLength(findings.length);
    for (const record of records) {
      expect(record).toHaveLength(header.length);
      for (const cell of record) expect(cell).not.toMatch(/^[=+\-@]/);
    }
  }));

test('html has no element or attribute from scanned text', () =>
  each('html', (written) => {
    expect(written).not.toContain('<x-trap');
    expect(written).not.toMatch(/["']x-trap=["']/);
    expect(written.match(/<script>/g)).toHaveLength(1);
    expect(written.match(/<\/script>/g)).toHaveLength(1);
    expect(written).not.toMatch(/(?:href|src)="(?!#|https:\/\/(?:cwe\.mitre\.org|docs\.aws\.amazon\.com)\/)/);
  }));

test('github writes one command a line, none from scanned text', () =>
  each('github', (written, { findings, problems }) => {
    const lines = written.trimEnd().split('\n');
    expect(lines).toHaveLength(
      1 + problems.length + findings.filter(({ suppression }) => suppression === undefined).length,
    );
    for (const line of lines) expect(line).toMatch(/^::(?:error|warning|notice) [^:]*::/);
  }));

test('markdown has no element, link or mention from scanned text outside code', () =>
  each('markdown', (written) => {
    const outside = withoutCode(written);
    expect(outside).not.toContain('<x-trap');
    expect(outside).not.toContain('@x-trap');
    expect(outside).not.toContain('](');
  }));

/** A reader of RFC 4180 that knows nothing of the writer. */
function readCsv(csv: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const match of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy)) {
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

/** Code spans end at a run of as many backticks as they start with (CommonMark 6.1). */
const withoutCode = (markdown: string): string =>
  markdown
    .split('\n')
    .map((line) => line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, 'code'))
    .join('\n');
