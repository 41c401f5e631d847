import { describe, expect, test } from 'vitest';
import type { Finding } from '#core/finding.ts';
import { DEFAULT_POLICY, type Policy, type PolicyContext } from '#core/policy.ts';
import { plain } from '#core/secret.ts';
import { type Evidence, openGate } from './gate.ts';

const context: PolicyContext = { target: 'folder', branch: 'main', event: '', actor: '', ci: false };
const now = new Date('2026-11-24T00:00:00Z');

function finding(over: Partial<Finding> = {}): Finding {
  return {
    fingerprint: '0123456789abcdef0123456789abcdef',
    check: 'secrets/example',
    title: 'Example',
    message: plain('An example'),
    remedy: 'Rotate it.',
    severity: 'high',
    confidence: 'medium',
    cwe: [798],
    tags: [],
    location: { path: 'a/b.ts', startLine: 1, startColumn: 1, endLine: 1, endColumn: 9, origin: { kind: 'file' } },
    places: [],
    isNew: true,
    ...over,
  };
}

const judge = (policy: Partial<Policy>, evidence: Partial<Evidence>) =>
  openGate({ ...DEFAULT_POLICY, ...policy }).judge({ findings: [], problems: [], context, now, ...evidence });

const rule = (when: string, over = {}): Partial<Policy> => ({ rules: [{ name: 'r', when, ...over }] });

describe('the default policy', () => {
  test('nothing found and nothing missed passes', () => {
    expect(judge({}, {})).toEqual({ outcome: 'pass', reasons: [] });
  });

  test.each<[string, Partial<Finding>, string]>([
    ['a new finding of high severity and medium confidence', {}, 'refused'],
    ['a critical one that is certain', { severity: 'critical', confidence: 'high' }, 'refused'],
    ['one of medium severity', { severity: 'medium' }, 'pass'],
    ['one that only looks like it', { confidence: 'low' }, 'pass'],
    ['one that was there before', { isNew: false }, 'pass'],
    ['one set aside', { suppression: { kind: 'inline', by: 'sluice: allow' } }, 'pass'],
  ])('%s', (_, over, outcome) => {
    expect(judge({}, { findings: [finding(over)] }).outcome).toBe(outcome);
  });

  test('a problem makes it incomplete, and a refusal outranks that', () => {
    const problems = [{ code: 'file-too-large', message: 'too large' }];
    expect(judge({}, { problems }).outcome).toBe('incomplete');
    expect(judge({}, { problems, findings: [finding()] }).outcome).toBe('refused');
    expect(judge({}, { problems, findings: [finding()] }).reasons).toHaveLength(2);
  });
});

describe('rules', () => {
  test('about the scan as a whole see every open finding', () => {
    const findings = [finding(), finding({ suppression: { kind: 'inline', by: 'nosec' } })];
    expect(judge(rule('size(findings) == 1 && size(suppressed) == 1'), { findings }).outcome).toBe('refused');
    expect(judge(rule('findings.exists(f, f.severity >= CRITICAL)'), { findings }).outcome).toBe('pass');
  });

  test('about problems count them', () => {
    const problems = [{ code: 'advisories-too-old', message: 'x' }];
    const policy = {
      ...rule('problem.code == "advisories-too-old"'),
      problems: { when: 'false', outcome: 'warning' as const },
    };
    expect(judge(policy, { problems }).reasons).toMatchObject([{ outcome: 'refused', problems: 1 }]);
  });

  test('can ask for context', () => {
    expect(judge(rule('context.branch == "main" && finding.severity >= LOW'), { findings: [finding()] }).outcome).toBe(
      'refused',
    );
    expect(judge(rule('context.branch != "main" && finding.severity >= LOW'), { findings: [finding()] }).outcome).toBe(
      'pass',
    );
  });

  test('with a grace period warn until it is over, finding by finding', () => {
    const findings = [
      finding({ firstSeen: '2026-11-20' }),
      finding({ firstSeen: '2026-11-01', fingerprint: 'f'.repeat(32) }),
    ];
    const { outcome, reasons } = judge(rule('finding.severity >= HIGH', { graceDays: 14 }), { findings });
    expect(outcome).toBe('refused');
    expect(reasons.map((reason) => [reason.outcome, reason.findings.length])).toEqual([
      ['refused', 1],
      ['warning', 1],
    ]);
  });

  test('that start later only warn', () => {
    const { outcome, reasons } = judge(rule('finding.isNew', { from: '2027-01-01' }), { findings: [finding()] });
    expect(outcome).toBe('pass');
    expect(reasons).toMatchObject([{ outcome: 'warning' }]);
    expect(judge(rule('finding.isNew', { from: '2026-11-24' }), { findings: [finding()] }).outcome).toBe('refused');
  });

  test('a rule that fails while it is asked stops the scan', () => {
    expect(() => judge(rule('findings[1].line == 1'), { findings: [finding()] })).toThrow(/policy expression/);
  });
});

test('limits count the open findings of a family, or of all', () => {
  const findings = [finding(), finding({ check: 'workflows/example' })];
  expect(judge({ rules: [], limits: { secrets: 1 } }, { findings }).outcome).toBe('pass');
  expect(judge({ rules: [], limits: { secrets: 0 } }, { findings }).reasons[0]?.message).toBe(
    '1 open findings of secrets; the limit is 0.',
  );
  expect(judge({ rules: [], limits: { all: 1 } }, { findings }).outcome).toBe('refused');
});

describe('a mistake in an expression is found when the policy is read', () => {
  test.each([
    ['finding.severty >= HIGH', /No such key: severty/, 8],
    ['finding.severity >=', /Unexpected token/, 19],
    ['finding.severity', /answers with int/, 0],
    ['finding.severity >= problem.code', /no such overload/i, 0],
    ['finding.isNew && problem.code == ""', /at once/, 0],
    ['fnding.isNew', /Unknown variable: fnding/, 0],
  ])('%s', (when, message, offset) => {
    const open = (): unknown => openGate({ ...DEFAULT_POLICY, rules: [{ name: 'r', when }] });
    expect(open).toThrow(message);
    expect(open).toThrow(expect.objectContaining({ path: ['rules', 0, 'when'], offset }));
  });

  test('with a suggestion for a misspelt name', () => {
    expect(() => openGate({ ...DEFAULT_POLICY, rules: [{ name: 'r', when: 'fnding.isNew' }] })).toThrow(
      expect.objectContaining({ hint: 'Did you mean `finding`?' }),
    );
  });
});
