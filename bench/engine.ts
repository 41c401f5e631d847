import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactRef } from '#core/artifact.ts';
import type { CacheOptions } from '#engine/input.ts';
import { scan } from '#engine/scan.ts';
import { STAND_IN, STAND_IN_CHECKS } from '#engine/stand-in-worker.ts';

/**
 * What the engine costs beside reading and checking: 10,000 files of 200 bytes with checks that do next to nothing.
 * `npx node bench/engine.ts`. Ratios within one run are what counts; the machine is never quiet.
 */
const FILES = 10_000;
const SETTLE_MS = 2_200;
const ENTRY = new URL('../src/engine/stand-in-worker.ts', import.meta.url);

const root = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const target = join(root, 'target');

function create(): void {
  for (let folder = 0; folder < 100; folder += 1) {
    const path = join(target, `folder-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES / 100; file += 1) {
      const line = file === 0 ? `BAD(${folder}) SECRET(value-of-${folder})\n` : `const value${file} = ${folder};\n`;
      writeFileSync(join(path, `file-${file}.txt`), line.repeat(Math.ceil(200 / line.length)));
    }
  }
}

function list(): ArtifactRef[] {
  return readdirSync(target).flatMap((folder) =>
    readdirSync(join(target, folder)).map((name): ArtifactRef => {
      const file = join(target, folder, name);
      const { size, mtimeMs, ctimeMs, ino } = statSync(file);
      const stamp = `${size}-${mtimeMs}-${ctimeMs}-${ino}`;
      return { path: `${folder}/${name}`, size, origin: { kind: 'file' }, content: { kind: 'file', file }, stamp };
    }),
  );
}

async function measure(name: string, work: () => unknown): Promise<void> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const note = await work();
  const wall = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const spent = (user + system) / 1000;
  const perFile = ((spent * 1000) / FILES).toFixed(1);
  console.log(
    `${name.padEnd(34)} wall ${wall.toFixed(0)} ms, cpu ${spent.toFixed(0)} ms, ${perFile} µs a file ${note ?? ''}`,
  );
}

async function run(refs: readonly ArtifactRef[], count: number, cache?: CacheOptions): Promise<string> {
  const result = await scan({
    refs: [refs],
    checks: STAND_IN_CHECKS,
    parts: STAND_IN,
    setup: {},
    workers: { entry: ENTRY, count },
    now: new Date(0),
    ...(cache === undefined ? {} : { cache }),
  });
  return `(${result.findings.length} findings, ${result.cached} cached)`;
}

create();
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
const refs = list();
const cacheOf = (name: string): CacheOptions => ({ folder: join(root, 'cache'), name, digest: '1' });
for (let round = 0; round < 3; round += 1) {
  await measure('list and stat', () => void list());
  await measure('read every file, nothing else', () => {
    for (const { content } of refs) if (content.kind === 'file') readFileSync(content.file);
  });
  await measure('scan in this thread', () => run(refs, 0));
  for (const count of [1, 2, 4]) await measure(`scan with ${count} workers`, () => run(refs, count));
  await measure('first scan with cache, 2 workers', () => run(refs, 2, cacheOf(`round-${round}`)));
  await measure('second scan, nothing changed', () => run(refs, 2, cacheOf(`round-${round}`)));
}
rmSync(root, { recursive: true });
