import { expect, test } from 'vitest';
import { expandExample } from '#checks/secrets/examples.ts';
import { readConfiguration } from '#checks/secrets/format/config.ts';
import { detectPlainly } from '#checks/secrets/match/reference.ts';
import { plainSurface } from '#checks/secrets/match/surface.ts';
import { secretsRule, TO_WRITE } from './templates/secrets-rule.ts';

const RULES = [
  { id: 'acme-api-key', provider: 'Acme' },
  { id: '1password-secret-key-2', provider: '1Password' },
];

test.each(RULES)('a new rule $id compiles, finds its bad examples exactly and no good one', (rule) => {
  const { rules, problems } = readConfiguration({ file: 'new.toml', text: secretsRule(rule) });
  expect(problems).toEqual([]);
  expect(rules.map(({ id }) => id)).toEqual([rule.id]);
  const examples = [...secretsRule(rule).matchAll(/ {2}'''(.*?)'''/gs)].map(([, content = '']) => content);
  expect(examples).toHaveLength(4);
  for (const [n, example] of examples.entries()) {
    const { content, spans } = expandExample(rule.id, n, example);
    expect(spans).toHaveLength(example.includes('«') ? 1 : 0);
    const found = detectPlainly([{ rules, allowlists: [] }], plainSurface(content)).map(({ secret }) => secret);
    expect(found).toEqual(spans);
  }
});

test('a new rule says what is left to write', () => {
  expect(secretsRule({ id: 'acme-api-key', provider: 'Acme' }).split(TO_WRITE)).toHaveLength(5);
});
