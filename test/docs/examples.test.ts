import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

/*
 * The examples in doc comments run: a line with `// =>` must answer with what stands behind it, any other line is set-up.
 * An example sees what its module exports, and what it imports itself. One without `// =>` shows a use and does not run.
 */

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: readonly string[];
}

const BLOCK = /^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm;

const examples: Example[] = globSync('src/**/*.ts')
  .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.generated.ts'))
  .toSorted()
  .flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    return [...source.matchAll(BLOCK)].map((match) => ({
      file,
      line: source.slice(0, match.index).split('\n').length,
      code: (match[1] ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^ *\* ?/, '')),
    }));
  })
  .filter(({ code }) => code.some((line) => line.includes('// =>')));

/** Modules named by `import { a, b } from '#x.ts'` lines of an example. */
async function importsOf(code: readonly string[]): Promise<Record<string, unknown>> {
  const found = code
    .map((line) => /^import \{ .* \} from '(#[^']+)';$/.exec(line)?.[1])
    .filter((name) => name !== undefined);
  const modules = await Promise.all(found.map((name) => import(resolve('src', name.slice(1)))));
  return Object.assign({}, ...modules) as Record<string, unknown>;
}

test.each(examples.map((example) => [`${example.file}:${example.line}`, example] as const))(
  '%s',
  async (_, example) => {
    const exports = (await import(resolve(example.file))) as Record<string, unknown>;
    const scope = { ...exports, ...(await importsOf(example.code)) };
    const answers: { said: unknown; expected: unknown; line: string }[] = [];
    const body = example.code
      .filter((line) => !line.startsWith('import '))
      .map((line) => {
        const [expression, expected] = line.split(' // => ');
        return expected === undefined
          ? line
          : `check(${expression?.replace(/;$/, '')}, ${expected}, ${JSON.stringify(line)});`;
      });
    const check = (said: unknown, expected: unknown, line: string): void => void answers.push({ said, expected, line });
    // biome-ignore lint/nursery/noImpliedEval: running what a comment of ours says is what this test is for
    const run = new Function(...Object.keys(scope), 'check', body.join('\n')) as (...values: unknown[]) => void;
    run(...Object.values(scope), check);
    expect(answers.length).toBeGreaterThan(0);
    for (const { said, expected, line } of answers) expect(said, line).toEqual(expected);
  },
);

test('there are examples to run', () => {
  expect(examples.length).toBeGreaterThan(5);
});
