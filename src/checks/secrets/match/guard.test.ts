import { expect, test } from 'vitest';
import { translate } from '../regex/regex.ts';
import type { Rule } from '../rule.ts';
import { SHIPPED } from '../rules.generated.ts';
import { PlaceGuard } from './guard.ts';
import { planOf } from './plan.ts';

/** Whether the guards of a pattern let its first literal in a text through. */
function passes(pattern: string, text: string): boolean {
  const plan = planOf(translate(pattern));
  if (plan.kind !== 'anchored') throw new Error('a pattern without a literal');
  const rule: Rule = { ...(SHIPPED.rules[0] as Rule), plan };
  const bytes = Buffer.from(text);
  return plan.literals.some((literal) => {
    const at = text.toLowerCase().indexOf(literal.text);
    return at !== -1 && new PlaceGuard(rule, literal).holds(bytes, at);
  });
}

test.each([
  ['EAA[A-Z]{9}', 'EAAXXXXXXXXX', true],
  ['EAA[A-Z]{9}', 'eaaXXXXXXXXX', false],
  ['(?i)eaa[a-z]{9}', 'eAaxxxxxxxxx', true],
  ['pat[A-Z0-9]{14}', 'patABCDEFGHIJKLMN', true],
  ['pat[A-Z0-9]{14}', 'patABCDEFGH', true],
  ['pat[A-Z0-9]{14}', 'patABCDEFG', true],
  ['pat[A-Z0-9]{14}', 'patABCDEFG!', false],
  ['pat[A-Z0-9]{14}', 'path', false],
  ['pat[^x]{14}', 'pat\u00e9xxxxxxxxxxxxx', true],
  ['sk[0-9a-f]{32}', 'skein', false],
  ['(?:abc|abcd)[0-9]', 'abcd1', true],
  ['(?:abc|ABC)x', 'aBCx', true],
  ['(?:Abc[0-9]|abc[a-z])', 'abcz', true],
  ['pat(?:[a-z]|[0-9])', 'pat!', false],
  ['pat[^a-z]{14}', 'path', true],
  ['https://[^\\s/@]{0,64}:[^@]{4}@', 'https://example.com/', false],
  ['https://[^\\s/@]{0,64}:[^@]{4}@', 'https://me:pass@', true],
  ['https://[^\\s/@]{0,64}:[^@]{4}@', 'https://m\u00e9:pass@', true],
  ['https://[^\\s/@]{0,64}:[^@]{4}@', `https://${'x'.repeat(70)}`, true],
  ['acme[a-z]{0,4}=', 'acmexyz=', true],
  ['acme[a-z]{0,4}=', 'acmevwxyz=', false],
  ['acme[a-z]{0,4}=', 'acme', true],
  ['acme[a-z]{0,4}[ ]?(?:=|:)', 'acme :', true],
  ['acme[a-z]{0,4}[ ]?(?:=|:)', 'acme;', false],
  ['acme[a-z]{0,4}(?:=|$)', 'acme;', true],
  ['acme\\s{0,9}=', 'acme\n;', true],
])('of %s in %s: %s', (pattern, text, expected) => {
  expect(passes(pattern, text)).toBe(expected);
});
