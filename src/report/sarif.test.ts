import { describe, expect, test } from 'vitest';
import type { ScanReport } from '#core/scan.ts';
import { plain } from '#core/secret.ts';
import { emptyReport, finding, fullReport, incompleteReport, location, whole } from './fixture.ts';
import { PLAIN } from './options.ts';
import { render as renderPieces } from './sarif.ts';

const render = whole(renderPieces);

interface Log {
  readonly runs: readonly [Run];
}

interface Run {
  readonly tool: {
    readonly driver: {
      readonly rules: readonly { readonly id: string; readonly properties: { readonly tags: string[] } }[];
    };
  };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly exitCode: number;
      readonly toolExecutionNotifications: readonly { readonly descriptor: { readonly id: string } }[];
    },
  ];
  readonly results: readonly Result[];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly baselineState: string;
  readonly message: { readonly text: string };
  readonly suppressions: readonly { readonly kind: string; readonly justification: string }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly relatedLocations?: readonly unknown[];
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
}

const runOf = (report: ScanReport): Run => (JSON.parse(render(report, PLAIN)) as Log).runs[0];
const withFindings = (findings: ScanReport['findings']): ScanReport => ({ ...fullReport(), findings });

describe('sarif report', () => {
  test('every result names the rule at its index', () => {
    const { tool, results } = runOf(fullReport());
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  test('a check that the report does not describe still has its rule', () => {
    const { tool, results } = runOf({ ...fullReport(), checks: [] });
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  test('GitHub compares our fingerprint', () => {
    for (const [index, { partialFingerprints }] of runOf(fullReport()).results.entries()) {
      expect(partialFingerprints['primaryLocationLineHash']).toBe(fullReport().findings[index]?.fingerprint);
    }
  });

  test('suppressions and the baseline', () => {
    const suppressed = runOf(fullReport()).results.filter(({ suppressions }) => suppressions.length > 0);
    expect(suppressed.map(({ suppressions, baselineState }) => [suppressions[0]?.kind, baselineState])).toEqual([
      ['inSource', 'new'],
      ['external', 'unchanged'],
      ['external', 'new'],
    ]);
  });

  test('CWE tags have three digits at least', () => {
    const rule = runOf(fullReport()).tool.driver.rules.find(({ id }) => id === 'code/sql-injection');
    expect(rule?.properties.tags).toContain('external/cwe/cwe-089');
  });

  test.each([
    [emptyReport(), true, 0],
    [fullReport(), false, 1],
    [incompleteReport(), false, 3],
    [{ ...incompleteReport(), verdict: { outcome: 'pass', reasons: [] } } as ScanReport, true, 0],
  ])('says whether the scan could do all of its work, case %#', (report, successful, exitCode) => {
    expect(runOf(report).invocations[0]).toMatchObject({ executionSuccessful: successful, exitCode });
  });

  test.each(['a b/c#d?.txt', 'c:/x', 'ü/本.txt', "it's.txt", '100%.txt', 'new\nline', 'a.zip!b/c.txt'])(
    'the path %j is a relative URI that gives it back',
    (path) => {
      const [result] = runOf(withFindings([finding('secrets/generic', 'a', location(path, 1, 1))])).results;
      const uri = result?.locations[0]?.physicalLocation.artifactLocation.uri ?? '';
      expect(uri).toMatch(/^[\w\-.~!$&'()*+,;=@/%]+$/);
      expect(decodeURIComponent(uri)).toBe(path);
    },
  );

  test('scanned text cannot be a link', () => {
    const message = plain('see [here](https://example.com)');
    const [result] = runOf(withFindings([finding('secrets/generic', 'a', location('a', 1, 1), { message })])).results;
    expect(result?.message.text).not.toContain('](');
  });
});

describe('limits of code scanning', () => {
  test('25,000 results, the worst of them, and a notification', () => {
    const findings = Array.from({ length: 25_002 }, (_, line) =>
      finding(line < 2 ? 'secrets/generic' : 'code/sql-injection', 'a', location('a', line + 1, 1)),
    );
    const { results, invocations } = runOf(withFindings(findings));
    expect(results).toHaveLength(25_000);
    expect(results.some(({ ruleId }) => ruleId === 'secrets/generic')).toBe(false);
    expect(invocations[0].toolExecutionNotifications.map(({ descriptor }) => descriptor.id)).toContain(
      'results-truncated',
    );
  });

  test('1,000 locations a result and 20 tags a rule', () => {
    const places = Array.from({ length: 1500 }, (_, line) => location('a', line + 1, 1));
    const tags = Array.from({ length: 30 }, (_, index) => `t${index}`);
    const many = finding('secrets/generic', 'a', location('b', 1, 1), { places, tags });
    const { results, tool } = runOf({ ...withFindings([many]), checks: [] });
    expect(results[0]?.relatedLocations).toHaveLength(999);
    expect(tool.driver.rules[0]?.properties.tags).toHaveLength(20);
  });
});
