import { expect, test } from 'vitest';
import { z } from 'zod';
import { emptyReport, fullReport, incompleteReport } from './fixture.ts';
import { render } from './json.ts';
import { reportSchema } from './json-schema.ts';
import { jsonText } from './json-text.ts';

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
