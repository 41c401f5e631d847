import { expect, test } from 'vitest';
import { emptyReport, finding, location, whole } from './fixture.ts';
import { render as renderPieces } from './markdown.ts';

const render = whole(renderPieces);

test('stays below what a job summary may hold (1 MiB), whatever is in the report', () => {
  const long = '`<本>`'.repeat(1000);
  const findings = Array.from({ length: 3000 }, (_, line) =>
    finding('secrets/generic', 'a', location(long, line + 1, 1), {
      title: long,
      ...(line % 2 === 0 ? {} : { suppression: { kind: 'inline', by: long } as const }),
    }),
  );
  const problems = Array.from({ length: 3000 }, () => ({ code: 'file-unreadable', message: long }));
  const reasons = Array.from({ length: 3000 }, () => ({
    rule: long,
    outcome: 'refused' as const,
    message: long,
    findings: [],
    problems: 0,
  }));
  const written = render({ ...emptyReport(), findings, problems, verdict: { outcome: 'refused', reasons } });
  expect(Buffer.byteLength(written)).toBeLessThan(1_048_576);
  expect(written).toMatch(/and [\d,]+ more/);
});
