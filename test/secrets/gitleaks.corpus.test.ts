import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SecretsInspector } from '#checks/secrets/inspector.ts';
import { assemble } from '#checks/secrets/prepare.ts';
import type { Hit } from '#core/check.ts';
import { Text } from '#core/text.ts';

/*
 * gitleaks' own true and false positives, as its rule generators hold them. They lie outside the repository:
 * `SLUICE_CORPUS_GITLEAKS` names a folder with `gitleaks.toml` and `cases.json`, a list of
 * `{ ruleId, tps: [{ text, path? }], fps: [{ text, path? }] }`. No message of this file holds a text of theirs.
 */

interface Case {
  readonly text: string;
  readonly path?: string;
}
interface RuleCases {
  readonly ruleId: string;
  readonly tps: readonly Case[];
  readonly fps: readonly Case[];
}

const folder = process.env['SLUICE_CORPUS_GITLEAKS'];
const cases: RuleCases[] =
  folder === undefined ? [] : (JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8')) as RuleCases[]);

/** gitleaks looks at each case with the one rule that it is a case of. */
function inspectorOf(ruleId: string | undefined, options: Parameters<typeof assemble>[0]): SecretsInspector {
  const { sets } = assemble(options);
  return new SecretsInspector(
    sets.map((set) => ({ ...set, rules: set.rules.filter(({ id }) => ruleId === undefined || id === ruleId) })),
  );
}

function hits(inspector: SecretsInspector, { text, path = '' }: Case): number {
  const content = Text.from(text);
  const found: Hit[] = [];
  const sink = { hit: (hit: Hit) => void found.push(hit), problem: () => undefined };
  inspector.inspect({ path, origin: { kind: 'file' }, text: content, bytes: content.bytes }, sink);
  return found.length;
}

test.runIf(folder)('its configuration is read whole, without a problem', () => {
  const { problems, sets } = assemble({
    shipped: false,
    rules: [{ file: 'gitleaks.toml', text: readFileSync(`${folder}/gitleaks.toml`, 'utf8') }],
  });
  expect(problems).toEqual([]);
  expect(sets.flatMap(({ rules }) => rules).length).toBeGreaterThan(200);
});

test.runIf(folder)('with its configuration unchanged, every case comes out as in gitleaks', () => {
  const rules = [{ file: 'gitleaks.toml', text: readFileSync(`${folder}/gitleaks.toml`, 'utf8') }];
  const wrong = cases.flatMap(({ ruleId, tps, fps }) => {
    const inspector = inspectorOf(ruleId, { shipped: false, rules });
    return [
      ...tps.flatMap((tp, index) => (hits(inspector, tp) > 0 ? [] : [`${ruleId}: true positive ${index} missed`])),
      ...fps.flatMap((fp, index) => (hits(inspector, fp) === 0 ? [] : [`${ruleId}: false positive ${index} hit`])),
    ];
  });
  expect(wrong).toEqual([]);
});

test.runIf(folder)('with our rules none of its true positives is missed, and few of its false ones are hit', () => {
  const inspector = inspectorOf(undefined, {});
  const missed = cases.flatMap(({ ruleId, tps }) =>
    tps.flatMap((tp, index) => (hits(inspector, tp) > 0 ? [] : [`${ruleId}: ${index}`])),
  );
  expect(missed).toEqual([]);
  const falseOnes = cases.flatMap(({ fps }) => fps);
  const hit = falseOnes.filter((fp) => hits(inspector, fp) > 0).length;
  // Most of these hold a real token of another provider. gitleaks with all of its rules hits the same texts and more.
  const peer = inspectorOf(undefined, {
    shipped: false,
    rules: [{ file: 'gitleaks.toml', text: readFileSync(`${folder}/gitleaks.toml`, 'utf8') }],
  });
  expect(hit).toBeLessThan(falseOnes.filter((fp) => hits(peer, fp) > 0).length);
});
