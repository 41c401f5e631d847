import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const decisions = readdirSync('docs/adr').toSorted();

test('each decision has a number of its own, which its title says as well', () => {
  expect(decisions.length).toBeGreaterThan(50);
  const numbers = decisions.map((name) => name.slice(0, 4));
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
  const misnamed = decisions.slice(1).filter((name) => {
    const title = readFileSync(join('docs/adr', name), 'utf8').split('\n', 1)[0];
    return !title?.startsWith(`# ${Number(name.slice(0, 4))}. `);
  });
  expect(misnamed).toEqual([]);
});

test('links between pages lead somewhere', () => {
  const pages = globSync(['*.md', 'docs/{adr,guides}/*.md', 'src/*/README.md', 'src/*/*/README.md']);
  const links = pages.flatMap((page) => {
    const targets = [...readFileSync(page, 'utf8').matchAll(/\]\((?!\w+:|#)([^)\s#]+)/g)].map(([, to = '']) => to);
    return targets.map((to) => ({ page, to }));
  });
  expect(links.length).toBeGreaterThan(30);
  expect(links.filter(({ page, to }) => !existsSync(join(dirname(page), to)))).toEqual([]);
});
