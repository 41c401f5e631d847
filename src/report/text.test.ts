import { describe, expect, test } from 'vitest';
import type { Finding } from '#core/finding.ts';
import { plain } from '#core/secret.ts';
import { codeFrame, markedRange } from './code-frame.ts';
import { displayWidth } from './display-width.ts';
import { documentation, emptyReport, finding, fullReport, incompleteReport, location, whole } from './fixture.ts';
import type { RenderOptions } from './options.ts';
import { ASCII, paintWith, UNICODE } from './palette.ts';
import { render as renderPieces } from './text.ts';

const render = whole(renderPieces);

const at = (width: number, more: Partial<RenderOptions> = {}): RenderOptions => ({
  color: false,
  width,
  verbose: false,
  documentation,
  ...more,
});

describe('text report', () => {
  test('of everything at 80 columns', () => expect(render(fullReport(), at(80))).toMatchSnapshot());
  test('of everything, verbose', () => expect(render(fullReport(), at(100, { verbose: true }))).toMatchSnapshot());
  test('of everything at 40 columns in ASCII', () =>
    expect(render(fullReport(), at(40, { unicode: false }))).toMatchSnapshot());
  test('in colour', () => expect(render(fullReport(), at(80, { color: true }))).toMatchSnapshot());
  test('of nothing', () => expect(render(emptyReport(), at(80))).toMatchSnapshot());
  test('of an incomplete scan', () => expect(render(incompleteReport(), at(80))).toMatchSnapshot());

  test.each([24, 40, 60, 80, 120])('never writes past %i columns', (width) => {
    for (const line of render(fullReport(), at(width, { verbose: true })).split('\n')) {
      expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    }
  });

  test('shows what the verdict objects to in full, whatever its confidence', () => {
    const low = finding('secrets/generic', 'e', location('a.js', 1, 1), { confidence: 'low' });
    const reasons = [
      { rule: 'r', outcome: 'refused', message: 'm', findings: [low.fingerprint], problems: 0 },
    ] as const;
    const report = { ...emptyReport(), findings: [low], verdict: { outcome: 'refused', reasons } as const };
    expect(render(report, at(80))).toContain('✖ low  Possible secret');
    expect(render({ ...report, verdict: { outcome: 'pass', reasons: [] } }, at(80))).toContain(
      'in passing · 1 finding',
    );
  });

  test('counts what it leaves out', () => {
    const many = Array.from({ length: 30 }, (_, line) =>
      finding('secrets/generic', 'e', location('a.js', line + 1, 1), { confidence: 'low' }),
    );
    expect(render({ ...emptyReport(), findings: many }, at(80))).toContain('and 10 more');
  });
});

describe('code frame', () => {
  const style = { width: 40, paint: paintWith(false), symbols: UNICODE };
  const secretIn = (line: string, column: number, length: number): Finding =>
    finding(
      'secrets/generic',
      'e',
      location('a', 1, column, { endColumn: column + length, frame: { firstLine: 1, lines: [plain(line)] } }),
      { secret: { masked: plain('abcd********'), proofs: [] } },
    );

  test('marks the mask, which is shorter than the secret was', () => {
    const line = 'token = abcd********; other';
    expect(markedRange(secretIn(line, 9, 40), line, 1)).toEqual({ start: 8, end: 20 });
  });

  test('marks the mask nearest to the column where another mask before it moved everything', () => {
    const line = 'a = abcd********, b = abcd********';
    expect(markedRange(secretIn(line, 31, 30), line, 1)).toEqual({ start: 22, end: 34 });
  });

  test('crops a long line around the place', () => {
    const line = `${'x'.repeat(500_000)}abcd********${'y'.repeat(500_000)}`;
    const [shown = '', marker = ''] = codeFrame(secretIn(line, 500_001, 40), style);
    expect(shown).toMatch(/^❯ 1 │ …x+abcd\*{8}…$/);
    expect(displayWidth(shown)).toBeLessThanOrEqual(40);
    expect(marker.indexOf('━')).toBe(shown.indexOf('abcd'));
    expect(marker.match(/━/g)).toHaveLength(12);
  });

  test('measures wide characters, tabs and controls before the marker', () => {
    const [shown = '', marker = ''] = codeFrame(secretIn('\t注\u001babcd********', 4, 20), style);
    expect(shown).toBe('❯ 1 │   注\\x1babcd********');
    expect(displayWidth(marker.slice(0, marker.indexOf('━')))).toBe(
      displayWidth(shown.slice(0, shown.indexOf('abcd'))),
    );
  });

  test('marks beside the lines of a finding over several lines', () => {
    const over = finding('secrets/generic', 'e', {
      ...location('a', 2, 3),
      endLine: 3,
      frame: { firstLine: 1, lines: ['a', 'b', 'c', 'd'].map(plain) },
    });
    expect(codeFrame(over, { ...style, symbols: ASCII })).toEqual(['  1 | a', '> 2 | b', '> 3 | c', '  4 | d']);
  });
});
