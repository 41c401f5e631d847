import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { secretRules } from './generators/secret-rules.ts';

/*
 * Writes the modules made from the shipped secret rules; `--check` only says whether they are as they would be written.
 * Apart from `tools/generate.ts`, because that loads the families, which these modules are part of.
 */

const check = process.argv.includes('--check');
for (const { path, render } of secretRules()) {
  const content = await render();
  if (existsSync(path) && readFileSync(path, 'utf8') === content) continue;
  console.error(check ? `${path} is not what the rules say` : `wrote ${path}`);
  if (check) process.exitCode = 1;
  else writeFileSync(path, content);
}
