#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// What a second start need not compile again. Where the cache folder cannot be written this does nothing.
enableCompileCache();

const [only, ...others] = process.argv.slice(2);
if ((only === '--version' || only === '-V') && others.length === 0) {
  const { VERSION } = await import('./version.ts');
  process.stdout.write(`${VERSION}\n`);
} else {
  const { start } = await import('./start.ts');
  await start(process.argv);
}
