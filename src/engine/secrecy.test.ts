import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryRef, scanFiles, scanRefs } from './fixture.ts';

/** Five characters of a canary in a row are a leak; the four of a prefix are not. */
function expectNoLeak(result: unknown, canary: string): void {
  const text = JSON.stringify(result);
  for (let at = 0; at + 5 <= canary.length; at += 1) expect(text).not.toContain(canary.slice(at, at + 5));
}

const canary = fc.stringMatching(/^[QXZJ]{12,60}$/);
const filler = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '"', '#', '\u202e', '\t'), maxLength: 900 });

test('no finding, problem or suppression holds a secret, wherever else it stands in the file', async () => {
  const piece = fc.oneof(
    filler,
    fc.constantFrom(
      'SECRET(@)',
      '@',
      '# sluice: allow secrets/secret -- @',
      '# nosec @',
      '# checkov:skip=CKV_SECRET_1:@',
      'BAD(x)',
      'THROW',
      '// sluice: allow @',
      '\n',
    ),
  );
  await fc.assert(
    fc.asyncProperty(canary, fc.array(piece, { maxLength: 12 }), async (secret, pieces) => {
      const text = `${pieces.join('')} SECRET(@)`.replaceAll('@', secret);
      const suppression = { requireReason: true };
      // A colon or a line break would end the member before its secret, and what no check finds nobody can mask.
      expectNoLeak(
        await scanFiles({ 'a.txt': text, 'b.box': `m: ${text.replaceAll(/[\n:]/g, ' ')}` }, { suppression }),
        secret,
      );
    }),
    { numRuns: 300 },
  );
});

test('a worker says no more than this thread does', async () => {
  const secret = 'QXZJQXZJQXZJQXZJQXZJQXZJQXZJ';
  const text = `# ${secret}\nSECRET(${secret}) # sluice: allow secrets/secret -- ${secret}\nTHROW\n`;
  const result = await scanRefs([memoryRef('a.txt', text)], { count: 1 });
  expect(result.findings).toHaveLength(1);
  expectNoLeak(result, secret);
});

test('a file with more secrets than are kept shows none of them', async () => {
  const secrets = Array.from({ length: 400 }, (_, index) => `QXZJ-${index}-`.repeat(4));
  const text = secrets.map((secret) => `SECRET(${secret})`).join('\n');
  const { findings } = await scanFiles({ a: text }, { limits: { hitsPerCheck: 50 } });
  expect(findings).toHaveLength(50);
  for (const secret of secrets) expectNoLeak(findings, secret);
});
