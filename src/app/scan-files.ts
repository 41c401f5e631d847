import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from '#config/schema.ts';
import type { CacheOptions } from '#engine/input.ts';
import { scan } from '#engine/scan.ts';
import { openSource } from '#source/index.ts';
import { DEFAULT_LIMITS, type ReadLimits } from '#source/limits.ts';
import type { Source } from '#source/source.ts';
import type { Examination, ScanJob } from './job.ts';
import { createParts } from './parts.ts';

/** The worker's entry: next to this file from source, next to the program in the bundle. */
export const WORKER = new URL('./worker.ts', import.meta.url);

/** Reads a target file by file: a folder, what changed in one, an archive, the newest commit of a URL. */
export async function scanFiles(job: ScanJob): Promise<Examination> {
  const { request, target, configuration } = job;
  const reading = readLimits(configuration.config);
  const exclude = configuration.config.scan.exclude;
  if (target.kind === 'history') throw new TypeError('a history is no list of files');
  const source = await openSource(target, {
    git: job.git,
    exclude,
    limits: reading,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const cache = cacheOf(job, reading);
  try {
    const result = await scan({
      refs: source.refs,
      checks: job.preparation.checks,
      prepared: job.preparation,
      parts: createParts(reading),
      setup: { families: job.families, reading },
      workers: { entry: WORKER, ...countOf(job) },
      limits: { budgetMs: configuration.config.scan.budget },
      suppression: {
        requireReason: configuration.config.suppressions.requireReason,
        ignoreFiles: job.ignoreFiles,
      },
      now: job.now,
      ...(await known(job, source)),
      ...(cache === undefined ? {} : { cache }),
      ...(request.progress === undefined ? {} : { progress: request.progress }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    return {
      findings: result.findings,
      problems: [...source.problems, ...result.problems],
      coverage: { ...result.coverage, excluded: source.counts.excluded },
      interrupted: result.interrupted,
    };
  } finally {
    await source.close();
  }
}

/** What is known before, and in a scan of a change the names it was known under. */
async function known({ baseline }: ScanJob, { formerPaths }: Source) {
  if (baseline === undefined) return {};
  if (formerPaths === undefined || baseline.entries.length === 0) return { baseline };
  return { baseline, change: { formerPaths: await formerPaths() } };
}

function countOf({ request, configuration }: ScanJob): { count?: number } {
  const count = request.workers ?? configuration.config.scan.workers;
  return count === undefined ? {} : { count };
}

export const readLimits = ({ scan: { maxFileSize, archiveDepth } }: Config): ReadLimits => ({
  ...DEFAULT_LIMITS,
  maxFileBytes: maxFileSize,
  archive: { ...DEFAULT_LIMITS.archive, maxDepth: archiveDepth },
});

/** Only what lies on this disk under a stable name is worth remembering. */
function cacheOf({ request, target, digest }: ScanJob, reading: ReadLimits): CacheOptions | undefined {
  if (!request.cache || (target.kind !== 'folder' && target.kind !== 'archive')) return undefined;
  const home = request.environment['XDG_CACHE_HOME'] || join(request.environment['HOME'] || homedir(), '.cache');
  const name = createHash('sha256').update(resolve(target.path)).digest('hex').slice(0, 32);
  return { folder: join(home, 'sluice'), name, digest: [request.version, digest, JSON.stringify(reading)].join(' ') };
}
