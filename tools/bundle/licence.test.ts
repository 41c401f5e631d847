import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAccepted, objectionsTo } from './licence.ts';
import { licenceTexts, readPackage } from './packages.ts';

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

const installed = {
  name: 'left-pad',
  version: '1.0.0',
  folder: '/',
  licence: 'MIT',
  repository: undefined,
  dependencies: [],
};

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

describe('a package without a licence text', () => {
  const folder = (name: string, manifest: object, licence?: string): ReturnType<typeof readPackage> => {
    const path = mkdtempSync(join(tmpdir(), 'sluice-licence-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
    if (licence !== undefined) writeFileSync(join(path, 'LICENSE'), licence);
    return readPackage(path);
  };
  const repository = { url: 'git+https://git.example/many.git' };

  test('has that of a package of the same repository under the same licence', () => {
    const bare = folder('bare', { license: 'Apache-2.0', repository });
    const kin = folder('kin', { license: 'Apache-2.0', repository }, 'the text');
    const otherLicence = folder('other', { license: 'MIT', repository }, 'another text');
    const stranger = folder('stranger', { license: 'Apache-2.0', repository: 'elsewhere' }, 'a third text');
    expect(licenceTexts(bare, [otherLicence, stranger, kin])).toEqual(['the text']);
    expect(licenceTexts(bare, [otherLicence, stranger])).toEqual([]);
    expect(licenceTexts(kin, [])).toEqual(['the text']);
  });

  test('of no repository has none', () => {
    const bare = folder('bare', { license: 'Apache-2.0' });
    expect(licenceTexts(bare, [folder('kin', { license: 'Apache-2.0' }, 'the text')])).toEqual([]);
  });
});
