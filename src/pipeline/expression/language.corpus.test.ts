import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../workflow/model.ts';
import { interpret, startRun } from './interpret.ts';
import { parseExpression } from './syntax.ts';

/*
 * The cases that GitHub's implementations of the language share: `SLUICE_CORPUS_EXPRESSIONS` names the folder
 * `expressions/testdata` of the repository actions/languageservices.
 */
const CORPUS = process.env['SLUICE_CORPUS_EXPRESSIONS'];

interface Case {
  readonly expr: string;
  readonly contexts?: Readonly<Record<string, Value>>;
  readonly result?: { readonly kind: string; readonly value: Value };
  readonly err?: object;
}

/** One that is refused there for the memory it takes; we allow more. */
const ALLOWED_HERE = new Set(['memory-errors']);

function answerTo({ expr, contexts = {} }: Case): Value {
  if (expr.trim() === '') return null;
  const tree = parseExpression(expr, { contexts: Object.keys(contexts), functions: [] });
  const at = (): { readonly file: string } => ({ file: 'case' });
  return interpret({ kind: 'expression', text: expr, tree, at }, startRun(contexts, {}));
}

describe.skipIf(CORPUS === undefined)('the cases that all implementations share', () => {
  const files = CORPUS === undefined ? [] : readdirSync(CORPUS).filter((name) => name.endsWith('.json'));

  it.each(files)('%s', (file) => {
    const groups = JSON.parse(readFileSync(join(CORPUS ?? '', file), 'utf8')) as Record<string, Case[]>;
    for (const [name, cases] of Object.entries(groups)) {
      if (ALLOWED_HERE.has(name)) continue;
      for (const one of cases) {
        if (one.err !== undefined) expect(() => answerTo(one), one.expr).toThrow(Error);
        else expect(answerTo(one), one.expr).toEqual(expected(one.result));
      }
    }
  });

  it('are there', () => {
    expect(files.length).toBeGreaterThan(20);
  });
});

/** Numbers that JSON does not have are written as texts. */
function expected(result: Case['result']): unknown {
  if (result?.kind === 'Number') return Number(result.value);
  return result?.kind === 'Null' ? null : result?.value;
}
