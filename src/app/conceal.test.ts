import { expect, test } from 'vitest';
import type { InspectionSink } from '#core/check.ts';
import type { Finding, Location } from '#core/finding.ts';
import { plain } from '#core/secret.ts';
import type { Preparation } from '#engine/parts.ts';
import { concealNames } from './conceal.ts';

/** Takes every `key-` and what follows it for a secret; hangs on `slow`. */
const inspector = {
  wants: () => true,
  inspect({ text }: Parameters<Preparation['inspectors'][number]['inspector']['inspect']>[0], sink: InspectionSink) {
    const { string = '' } = text ?? {};
    if (string.includes('slow')) /^(a+)+$/.test(`${'a'.repeat(60)}!`);
    for (const { index, 0: match } of string.matchAll(/key-\w+/g)) {
      const span = { start: index, end: index + match.length };
      const secret = { masked: plain('********'), proofs: [] };
      sink.hit({ check: 'secrets/key', span, anchor: { key: '', stable: '' }, secret });
    }
  },
};
const preparation: Preparation = { inspectors: [{ family: 'secrets', inspector }], checks: [] };

const at = (path: string, author: string): Location => ({
  ...{ path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
  origin: { kind: 'commit', commit: 'c0ffee', author, email: `${author}@example.org`, date: '2026-11-24T00:00:00Z' },
});

const finding: Finding = {
  ...{ fingerprint: '0'.repeat(32), check: 'secrets/key', title: 'Key', message: plain('Key'), remedy: 'Revoke it.' },
  ...{ severity: 'high', confidence: 'high', cwe: [798], tags: [], isNew: true },
  location: at('config/key-abcdef/a.txt', 'Ada'),
  places: [at('b.txt', 'key-ghijkl'), at(`${'x'.repeat(300)}slow`, 'Ada'), at('y'.repeat(5_000), 'Ada')],
  suppression: { kind: 'inline', by: 'sluice: allow', path: 'key-mnopqr.txt' },
};

test('a secret in a path or a name of an author is masked wherever it would be shown', () => {
  const problem = { code: 'file-unreadable', message: 'git says: key-yzabcd/c is none.', path: 'key-stuvwx/b' };
  const { findings, problems } = concealNames({ findings: [finding], problems: [problem] }, preparation);
  expect(JSON.stringify([findings, problems])).not.toContain('key-');
  expect(findings[0]?.location.path).toBe('config/********/a.txt');
  expect(findings[0]?.places.map(({ path }) => path)).toEqual(['b.txt', '********', '********']);
  expect(findings[0]?.suppression?.path).toBe('********.txt');
  expect(problems[0]).toMatchObject({ path: '********/b', message: 'git says: ********/c is none.' });
});
