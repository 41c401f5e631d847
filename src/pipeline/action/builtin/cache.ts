import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { StepFailure, type StepRun } from '../../run/job-state.ts';
import type { CacheStore } from '../../service/cache-store.ts';
import { findFiles } from '../find-files.ts';
import { type Pattern, parsePatterns } from '../glob.ts';
import { flag, type Inputs } from '../inputs.ts';
import { refuseSecretName, refuseSecrets } from '../secrets-in.ts';

const LONGEST_KEY = 512;

interface CacheRequest {
  readonly key: string;
  readonly restoreKeys: readonly string[];
  readonly paths: string;
  /** Caches of other paths never fit. */
  readonly version: string;
}

/** `actions/cache`: restores now, and saves at the end of a job that succeeded where the key was new. */
export async function cache(step: StepRun, inputs: Inputs, store: CacheStore): Promise<void> {
  const request = requestOf(inputs);
  const hit = await restoreCache(step, inputs, store);
  if (hit) return;
  step.job.posts.push({
    name: `Post Save cache ${request.key}`,
    scope: step.scope,
    env: step.env,
    when: async () => step.scope.status === 'success',
    run: (later) => save(later, request, store),
  });
}

/** `actions/cache/save` */
export const saveCache = (step: StepRun, inputs: Inputs, store: CacheStore): Promise<void> =>
  save(step, requestOf(inputs), store);

/** `actions/cache/restore`. Whether the very key was there. */
export async function restoreCache(step: StepRun, inputs: Inputs, store: CacheStore): Promise<boolean> {
  const { key, restoreKeys, version } = requestOf(inputs);
  const entry = store.find([key, ...restoreKeys], version);
  step.outputs.set('cache-primary-key', key);
  step.outputs.set('cache-hit', entry === undefined ? '' : String(entry.key === key));
  if (entry === undefined) {
    if (flag(inputs, 'fail-on-cache-miss', false)) throw new StepFailure(`There is no cache for the key ${key}.`);
    step.log.line(`Cache not found for input keys: ${[key, ...restoreKeys].join(', ')}`);
    return false;
  }
  step.outputs.set('cache-matched-key', entry.key);
  if (!flag(inputs, 'lookup-only', false)) await extract(step, entry.archive);
  step.log.line(`Cache restored from key: ${entry.key}`);
  return entry.key === key;
}

function requestOf(inputs: Inputs): CacheRequest {
  const { key = '', path: paths = '' } = inputs;
  if (key === '' || key.length > LONGEST_KEY || key.includes(',')) {
    throw new StepFailure(`The key of a cache has 1 to ${LONGEST_KEY} characters, and no comma.`);
  }
  if (paths.trim() === '') throw new StepFailure('The cache has no path.');
  const restoreKeys = (inputs['restore-keys'] ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  const version = createHash('sha256').update(`sluice-1\0${paths}`).digest('hex');
  return { key, restoreKeys: restoreKeys.slice(0, 10), paths, version };
}

/** By the system's `tar` in the sandbox: whatever an archive holds, it is unpacked where the job could write anyway. */
async function extract(step: StepRun, archive: string): Promise<void> {
  const { layout } = step.job;
  const from = layout.bare ? archive : '/runner/staging/archive';
  const mounts = layout.bare ? [] : [{ from: archive, to: from, access: 'read' as const }];
  const { code } = await step.tool({ argv: ['tar', '-xzPf', from, '-C', layout.workspace.inside], mounts });
  if (code !== 0) throw new StepFailure('The cache could not be unpacked.');
}

async function refuseSecretFiles({ job }: StepRun, patterns: readonly Pattern[]): Promise<void> {
  const { workspace, home, temp } = job.layout;
  for (const place of [workspace, home, temp]) {
    for (const { kind, path, inside } of findFiles(place, patterns, { hidden: true, descend: true })) {
      refuseSecretName(job.masker, inside, 'The name of a file');
      if (kind === 'file') await refuseSecrets(job.masker, place.host, path, inside);
    }
  }
}

async function save(step: StepRun, { key, paths, version }: CacheRequest, store: CacheStore): Promise<void> {
  const { layout, services } = step.job;
  refuseSecretName(step.job.masker, key, 'The key of the cache');
  if (store.has(key, version)) {
    step.log.line(`There is a cache for the key ${key} already.`);
    return;
  }
  const patterns = parsePatterns(paths, layout.workspace.inside, layout.home.inside);
  const found = [layout.workspace, layout.home, layout.temp].flatMap((place) =>
    findFiles(place, patterns, { hidden: true, descend: false }),
  );
  await refuseSecretFiles(step, patterns);
  if (found.length === 0) {
    step.log.line('##[warning]Nothing lies at the paths of the cache; nothing is saved.');
    return;
  }
  const staging = join(layout.staging.host, `cache-${step.number}`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true, mode: 0o777 });
  try {
    const names = found.map(({ inside }) => posix.relative(layout.workspace.inside, inside) || '.');
    writeFileSync(join(staging, 'names'), names.map((name) => `${name}\0`).join(''));
    const inside = layout.bare ? staging : layout.staging.inside;
    const mounts = layout.bare ? [] : [{ from: staging, to: inside, access: 'write' as const }];
    const argv = [
      'tar',
      '-czPf',
      `${inside}/archive`,
      '-C',
      layout.workspace.inside,
      '--null',
      '-T',
      `${inside}/names`,
    ] as const;
    const { code } = await step.tool({ argv: [...argv], mounts });
    if (code !== 0) throw new StepFailure('The cache could not be packed.');
    const archive = join(staging, 'archive');
    const stats = lstatSync(archive);
    if (!stats.isFile()) throw new StepFailure('The cache could not be packed.');
    const isNew = store.add(key, version, archive, stats.size, services.now().getTime());
    step.log.line(isNew ? `Cache saved with key: ${key} (${stats.size} bytes)` : `The key ${key} is taken.`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
