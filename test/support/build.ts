import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the program as it ships, built from this source. */
    readonly built: string;
  }
}

/**
 * Before any whole-program test: builds what ships, once. Into a folder of its own, so that tests neither need nor disturb
 * the `dist` somebody works with.
 */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-built-'));
  execFileSync(process.execPath, ['tools/build.ts', join(folder, 'dist')], { stdio: ['ignore', 'ignore', 'inherit'] });
  // As in the package: without it Node would look into each file for what kind of module it is.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  project.provide('built', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
