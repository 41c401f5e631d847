import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Text } from '#core/text.ts';
import { readConfiguration } from '../format/config.ts';
import { SHIPPED } from '../rules.generated.ts';
import { Detector } from './detector.ts';
import { both } from './fixture.ts';

/*
 * The fast way finds what the plain way finds, on real source text: `SLUICE_CORPUS_SOURCE` names a folder of it.
 * `SLUICE_CORPUS_GITLEAKS`, a folder with gitleaks.toml, adds those rules.
 */

const folder = process.env['SLUICE_CORPUS_SOURCE'];
const gitleaks = process.env['SLUICE_CORPUS_GITLEAKS'];

test.runIf(folder)('on real source text', { timeout: 600_000 }, () => {
  const file = join(gitleaks ?? '', 'gitleaks.toml');
  const more = gitleaks === undefined ? [] : [readConfiguration({ file, text: readFileSync(file, 'utf8') })];
  const all = [SHIPPED, ...more];
  const own = new Detector(all);
  for (const entry of readdirSync(folder ?? '', { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name);
    if (!entry.isFile() || name.includes('/.git/')) continue;
    const bytes = readFileSync(name);
    if (bytes.length > 500_000 || bytes.subarray(0, 8_000).includes(0)) continue;
    const [fast, plain] = both(all, own, new Text(bytes));
    expect(fast, name).toEqual(plain);
  }
});
