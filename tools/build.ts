import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { filesByUrl } from './bundle/files-by-url.ts';
import { notices } from './bundle/notices.ts';
import { SHIPPED_PACKAGES } from './shipped-packages.ts';

/*
 * Builds what is published: dist/sluice.js, a chunk for everything that loads later, an entry for each worker, and the
 * licences of what is inside. Every library is bundled in, so an install is one package (docs/adr/0004). An argument names
 * another folder to write to.
 */

const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };

const bundle = await rolldown({
  cwd: root,
  input: { sluice: 'src/cli/main.ts' },
  platform: 'node',
  // Nothing but Node itself stays outside: an import that cannot be bundled is an error, not a surprise after publishing.
  onLog: (_level, log) => {
    throw new Error(log.message);
  },
  transform: { target: 'node22.18', define: { __SLUICE_VERSION__: JSON.stringify(version) } },
  plugins: [filesByUrl(), notices(SHIPPED_PACKAGES, root)],
});
const { output } = await bundle.generate({
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  assetFileNames: 'assets/[name]-[hash][extname]',
  comments: { legal: true, jsdoc: false },
});
await bundle.close();

// Only now, so that a build that fails leaves the one before it.
const dist = resolve(process.argv[2] ?? resolve(root, 'dist'));
rmSync(dist, { recursive: true, force: true });
let bytes = 0;
for (const file of output) {
  const content = file.type === 'chunk' ? file.code : file.source;
  const path = resolve(dist, file.fileName);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  bytes += content.length;
}
chmodSync(resolve(dist, 'sluice.js'), 0o755);
if (dist === resolve(root, 'dist')) linkProgram();
console.log(`dist: ${output.length} files, ${Math.round(bytes / 1000)} kB`);

/** npm links the programs of dependencies but not our own; by this link, hooks and scripts of this repository find it. */
function linkProgram(): void {
  const folder = resolve(root, 'node_modules/.bin');
  if (process.platform === 'win32' || !existsSync(folder)) return;
  const link = resolve(folder, 'sluice');
  rmSync(link, { force: true });
  symlinkSync('../../dist/sluice.js', link);
}
