import { describe, expect, test } from 'vitest';
import { type EvidenceFacts, NO_EVIDENCE } from '#core/evidence.ts';
import { DEFAULT_POLICY, type PolicyContext } from '#core/policy.ts';
import { openGate } from './gate.ts';

const context: PolicyContext = { target: 'folder', branch: 'main', event: '', actor: '', ci: false };
const now = new Date('2026-11-24T12:00:00Z');
const earlier = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

const PROVEN: EvidenceFacts = {
  ...NO_EVIDENCE,
  provenance: {
    ...NO_EVIDENCE.provenance,
    present: true,
    builder: 'urn:example:builder',
    signedBy: 'ci',
    at: earlier(2),
  },
  tests: { present: true, passed: true, failed: 0, signedBy: 'ci', at: earlier(2) },
  scan: { present: true, verdict: 'pass', problems: 0, findings: 3, signedBy: 'ci', at: earlier(23) },
  sbom: { present: true, format: 'cyclonedx', components: 12, signedBy: 'ci' },
  approvals: [
    { by: 'ana', environment: 'production', at: earlier(1) },
    { by: 'ben', environment: 'production', at: earlier(1) },
  ],
  signedBy: ['ana', 'ben', 'ci'],
};

function holds(when: string, evidence?: EvidenceFacts): boolean {
  const gate = openGate({ ...DEFAULT_POLICY, rules: [{ name: 'r', when }] });
  const about = evidence === undefined ? {} : { evidence };
  return gate.judge({ findings: [], problems: [], context, now, ...about }).outcome === 'refused';
}

describe.each([
  'evidence.provenance.builder == "urn:example:builder"',
  'evidence.tests.passed && evidence.tests.failed == 0',
  'evidence.scan.verdict == "pass" && now - evidence.scan.at < duration("24h")',
  'evidence.approvals.size() >= 2',
  'evidence.approvals.filter(a, a.environment == "production" && a.by != evidence.provenance.signedBy).size() >= 2',
  'evidence.sbom.present && evidence.sbom.components > 10',
  '"ana" in evidence.signedBy',
])('%s', (when) => {
  test('holds of what is proven', () => expect(holds(when, PROVEN)).toBe(true));
  test('does not hold of nothing', () => expect(holds(when)).toBe(false));
});

test('a scan of yesterday is not one of today', () => {
  const old = { ...PROVEN, scan: { ...PROVEN.scan, at: earlier(25) } };
  expect(holds('now - evidence.scan.at > duration("24h")', old)).toBe(true);
  expect(holds('now - evidence.scan.at > duration("24h")', PROVEN)).toBe(false);
});

test('why something does not count can be asked for', () => {
  const rejected = [{ entry: 4, type: 'urn:x', code: 'key-unknown', reason: 'nobody trusts it' }];
  expect(holds('evidence.rejected.exists(r, r.code == "key-unknown" && r.entry == 4)', { ...PROVEN, rejected })).toBe(
    true,
  );
});

test('a misspelt word is a mistake when the policy is read, with a suggestion', () => {
  const open = (when: string): unknown => openGate({ ...DEFAULT_POLICY, rules: [{ name: 'r', when }] });
  expect(() => open('evidence.provenance.bulder == "x"')).toThrow(
    expect.objectContaining({ offset: 20, hint: 'Did you mean `builder`?' }),
  );
  expect(() => open('evidence.approvals.exists(a, a.bye == "x")')).toThrow(
    expect.objectContaining({ hint: expect.any(String) }),
  );
  expect(() => open('evidence.scan.verdict == "passed"')).toThrow(
    expect.objectContaining({ hint: 'Did you mean `pass`?' }),
  );
  expect(() => open('evidense.tests.passed')).toThrow(expect.objectContaining({ hint: 'Did you mean `evidence`?' }));
});
