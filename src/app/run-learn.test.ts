import { expect, test } from 'vitest';
import type { RunLogEvent } from '#pipeline/run/record.ts';
import { proposalOf } from './run-learn.ts';

const seen = (job: string, host: string, port: number, rest: object): RunLogEvent =>
  ({ type: 'seen', at: '', run: 1, job, seen: { kind: 'connection', host, port, ...rest } }) as RunLogEvent;

test('hosts by job, each once, without what was refused for where it lies', () => {
  const events = [
    seen('test (1)', 'b.example', 443, { allowed: true }),
    seen('test (2)', 'b.example', 443, { allowed: true }),
    seen('test (2)', 'a.example', 8443, { allowed: true }),
    seen('build', 'c.example', 80, { allowed: false, reason: 'no-address' }),
    seen('build', '169.254.169.254', 80, { allowed: false, reason: 'metadata-address' }),
  ];
  expect(proposalOf('.github/workflows/ci.yml', events)).toBe(`network:
  jobs:
    ci.yml/build:
      - c.example
    ci.yml/test:
      - a.example:8443
      - b.example
`);
});
