import { expect, test } from 'vitest';
import { isAccepted } from './licence.ts';

test.each([
  'MIT',
  'Apache-2.0',
  '0BSD',
  '(MIT OR GPL-3.0-only)',
  'GPL-3.0-only OR MIT',
  'MIT AND ISC',
  '(MIT AND (ISC OR X))',
])('%s is accepted', (expression) => expect(isAccepted(expression)).toBe(true));

test.each([
  '',
  'GPL-3.0-only',
  'MIT AND GPL-3.0-only',
  'UNLICENSED',
  'SEE LICENSE IN LICENSE.txt',
  'MIT ISC',
  '(MIT',
  'MIT)',
  'Apache-2.0 WITH LLVM-exception',
])('%s is left to a person', (expression) => expect(isAccepted(expression)).toBe(false));
