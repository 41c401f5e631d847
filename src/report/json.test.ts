import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { emptyReport, fullReport, incompleteReport, whole } from './fixture.ts';
import { render as renderPieces } from './json.ts';
import { reportSchema } from './json-schema.ts';
import { jsonText as jsonPieces } from './json-text.ts';

const render = whole(renderPieces);
const jsonText = whole(jsonPieces);

test('everything', () => expect(render(fullReport())).toMatchSnapshot());

test.each([fullReport(), emptyReport(), incompleteReport()])(
  'holds its own schema and every field of the report',
  (report) => {
    const parsed: unknown = JSON.parse(render(report));
    const { startedAt: _, endedAt: __, ...rest } = report;
    expect(z.strictObject(reportSchema.shape).parse(parsed)).toEqual({
      version: 1,
      ...JSON.parse(JSON.stringify(rest)),
    });
  },
);

test('the schema can be published', () => {
  expect(z.toJSONSchema(reportSchema, { io: 'input' })).toMatchObject({
    type: 'object',
    properties: { version: { const: 1 } },
  });
});

test('characters that are obeyed rather than seen are escaped and come back', () => {
  const text = 'a\u001b\u009b\u202e\u2028\ufeff\u{e0041}z';
  expect(jsonText(text)).toBe('"a\\u001b\\u009b\\u202e\\u2028\\ufeff\\udb40\\udc41z"\n');
  expect(JSON.parse(jsonText(text))).toBe(text);
});

test('in pieces it is what JSON.stringify gives, whatever the value', () => {
  const member = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 7 },
      fc.constantFrom(undefined, null, true, 0.5, '', 'a\n"b"'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', '"', ''), tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  fc.assert(
    fc.property(member, (value) => {
      fc.pre(value !== undefined);
      expect(jsonText(value)).toBe(`${JSON.stringify(value, undefined, 2)}\n`);
    }),
  );
});

test('a report of many findings comes in pieces, each of one finding at most', () => {
  const { findings } = fullReport();
  const report = { ...fullReport(), findings: Array.from({ length: 1_000 }, () => findings[0]).filter((one) => one) };
  const pieces = [...renderPieces(report as never)];
  expect(pieces.length).toBeGreaterThan(1_000);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(10_000);
});
