import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '#config/schema.ts';
import { DEFAULT_POLICY, type PolicyRule } from '#core/policy.ts';
import { openGate } from '#gate/gate.ts';
import { project, sluice } from '../support/sluice.ts';

const guide = readFileSync('docs/guides/evidence.md', 'utf8');
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);

/** Without what differs from one machine and day to another. */
const lasting = (text: string): string =>
  text
    .replaceAll(/\b[0-9a-f]{12,64}\b/g, 'HASH')
    .replaceAll(/\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?/g, 'TIME')
    .replaceAll(/[\w.-]+@[\w.-]+/g, 'NAME')
    .replaceAll(/private keys in .*/g, 'private keys in FOLDER');

test('the session of the guide goes as it says', async () => {
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{}] };
  const folder = project({ 'dist/app.tgz': 'app', 'sbom.json': JSON.stringify(sbom) });
  execFileSync('git', ['init', '-q'], { cwd: folder });
  const env = { SLUICE_HOME: join(folder, '..', 'ana') };
  const steps = blocks('console').flatMap((block) => block.split(/^\$ /m).slice(1));
  expect(steps.length).toBeGreaterThan(6);
  for (const step of steps) {
    const [command = '', ...output] = step.split('\n');
    const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    const { stdout, stderr } = await sluice(words.slice(1), folder, env);
    expect({ command, said: lasting(stdout + stderr) }).toEqual({ command, said: lasting(output.join('\n')) });
  }
});

test('its configurations are right, and their rules compile', () => {
  const configurations = blocks('yaml').map((text) => configSchema.parse(parse(text)));
  expect(configurations.length).toBeGreaterThan(1);
  const rules: readonly PolicyRule[] = configurations.flatMap(({ environments }) =>
    Object.values(environments).flatMap((environment) => environment.rules.map(({ name, when }) => ({ name, when }))),
  );
  expect(rules.length).toBeGreaterThan(4);
  expect(() => openGate({ ...DEFAULT_POLICY, rules })).not.toThrow();
});
