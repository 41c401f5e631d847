import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { assembly } from './generators/assembly.ts';
import { secretRules } from './generators/secret-rules.ts';

/*
 * Writes the modules that carry WebAssembly, and those made from the shipped secret rules; `--check` only says whether they are
 * as they would be written. Apart from `tools/generate.ts`, because that loads the families, which these modules are part of.
 */

const check = process.argv.includes('--check');
for (const { path, render } of [...assembly(), ...secretRules()]) {
  const content = await render();
  if (existsSync(path) && readFileSync(path, 'utf8') === content) continue;
  console.error(check ? `${path} is not what it would be made into` : `wrote ${path}`);
  if (check) process.exitCode = 1;
  else writeFileSync(path, content);
}
