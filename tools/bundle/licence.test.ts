import { expect, test } from 'vitest';
import { isAccepted, objectionsTo } from './licence.ts';

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

const installed = { name: 'left-pad', version: '1.0.0', folder: '/', licence: 'MIT', dependencies: [] };

test('a package under an accepted licence may be shipped', () => {
  expect(objectionsTo(installed, 0, false)).toEqual([]);
});

test.each([
  ['left-pad 1.0.0: its licence is GPL-3.0-only', { licence: 'GPL-3.0-only' }, 1, false],
  ['left-pad 1.0.0: its package.json names no licence', { licence: undefined }, 1, false],
  ['left-pad 1.0.0: it comes without the text of its licence', { licence: 'BSD-3-Clause' }, 0, false],
  ['left-pad 1.0.0: it runs a script when it is installed', {}, 1, true],
] as const)('%s', (objection, change, texts, hasInstallScript) => {
  expect(objectionsTo({ ...installed, ...change }, texts, hasInstallScript)).toEqual([objection]);
});
