import { describe, expect, test } from 'vitest';
import { families } from '#checks/registry.generated.ts';
import { expandExample } from '#checks/secrets/examples.ts';
import type { Artifact } from '#core/artifact.ts';
import type { CheckDocumentation, Example, Family, Hit } from '#core/check.ts';
import type { Problem } from '#core/problem.ts';
import type { Span } from '#core/secret.ts';
import { CONFIDENCES, SEVERITIES } from '#core/severity.ts';
import { Text } from '#core/text.ts';
import { TO_WRITE } from '../../tools/templates/secrets-rule.ts';

/*
 * What holds for every check of every family. The examples run through the whole family, as in a scan: a rule that gives way
 * to another one, or an allowlist that covers too much, shows here.
 */

const ID = /^[a-z]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** What a bad example shows, and where; what a good one shows. */
interface Seen {
  readonly example: string;
  readonly hits: readonly string[];
  readonly problems: readonly Problem[];
}

interface Look {
  readonly seen: Seen;
  readonly expected: Seen;
  /** What the rest of the family found there, for whoever reads the failure. */
  readonly others: string;
}

const shortName = (id: string): string => id.slice(id.indexOf('/') + 1);
const spanText = ({ start, end }: Span): string => `${start}–${end}`;

function artifactOf(path: string, content: string): Artifact {
  const text = Text.from(content);
  return { path, origin: { kind: 'file' }, text, bytes: text.bytes };
}

const registry: Readonly<Record<string, () => Promise<Family>>> = families;
const loaded = await Promise.all(Object.values(registry).map((load) => load()));

describe.each(loaded.map((family) => [family.name, family] as const))('family %s', async (name, family) => {
  const documentation = new Map((await family.documentation()).map((entry) => [entry.id, entry]));
  const { inspector, problems } = await family.prepare({});

  function look(check: CheckDocumentation, kind: 'bad' | 'good', n: number, { path, content }: Example): Look {
    const expanded = expandExample(shortName(check.id), `${kind}-${n}`, content);
    const hits: Hit[] = [];
    const met: Problem[] = [];
    const sink = { hit: (hit: Hit) => hits.push(hit), problem: (problem: Problem) => met.push(problem) };
    expect(inspector.wants(path), `wants ${path}`).toBe(true);
    inspector.inspect(artifactOf(path, expanded.content), sink);
    const own = hits.filter((hit) => hit.check === check.id).map(({ span }) => spanText(span));
    const example = `${kind} ${n} in ${path}`;
    const others = hits.filter((hit) => hit.check !== check.id).map(({ check: id, span }) => `${id} ${spanText(span)}`);
    return {
      seen: { example, hits: [...new Set(own)].toSorted(), problems: met },
      expected: { example, hits: expanded.spans.map(spanText).toSorted(), problems: [] },
      others: `found by other checks: ${others.join(', ')}`,
    };
  }

  test('prepares without a problem', () => {
    expect(problems).toEqual([]);
  });

  test('documents every check once, and nothing else', () => {
    const ids = family.checks.map(({ id }) => id).toSorted();
    expect([...documentation.keys()].toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has titles that tell its checks apart', () => {
    const titles = Object.entries(Object.groupBy(family.checks, ({ title }) => title.toLowerCase()));
    expect(titles.filter(([, checks]) => (checks?.length ?? 0) > 1).map(([title]) => title)).toEqual([]);
  });

  describe.each(family.checks.map((check) => [check.id, check] as const))('%s', (id, check) => {
    const documented = documentation.get(id) as CheckDocumentation;

    test('is described', () => {
      expect(id).toMatch(ID);
      expect(id.startsWith(`${name}/`)).toBe(true);
      expect(check.title).toMatch(/^\S.*[^.\s]$/);
      expect(SEVERITIES).toContain(check.severity);
      expect(CONFIDENCES).toContain(check.confidence);
      expect(check.cwe.length).toBeGreaterThan(0);
      expect(check.remedy.trim()).not.toBe('');
    });

    test('is documented to the end', () => {
      const { looksFor, why, fix, limits, references, bad, good } = documented;
      for (const text of [looksFor, why, fix, limits]) expect(text.trim().length).toBeGreaterThan(10);
      for (const url of references) expect(URL.canParse(url), url).toBe(true);
      expect(Math.min(bad.length, good.length)).toBeGreaterThan(0);
      expect(JSON.stringify(documented)).not.toContain(TO_WRITE);
    });

    test('finds its bad examples exactly', () => {
      for (const [n, example] of documented.bad.entries()) {
        const { seen, expected, others } = look(documented, 'bad', n, example);
        expect(expected.hits.length, `marks in ${expected.example}`).toBeGreaterThan(0);
        expect(seen, others).toEqual(expected);
      }
    });

    test('is silent on its good examples', () => {
      for (const [n, example] of documented.good.entries()) {
        const { seen, expected, others } = look(documented, 'good', n, example);
        expect(expected.hits).toEqual([]);
        expect(seen, others).toEqual(expected);
      }
    });
  });
});
