import type { ArtifactRef, LineRange } from '#core/artifact.ts';
import type { ScanInput, ScanResult } from './input.ts';
import { scan } from './scan.ts';
import { STAND_IN, STAND_IN_CHECKS, type StandInSetup } from './stand-in-worker.ts';

/** For the tests of the engine: scans of files that exist in memory only, looked at by the stand-in checks. */

const ENTRY = new URL('./stand-in-worker.ts', import.meta.url);
export const NOW = new Date('2026-11-24T12:00:00Z');

export function memoryRef(path: string, content: string | Uint8Array, added?: readonly LineRange[]): ArtifactRef {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const ref = { path, size: bytes.length, origin: { kind: 'file' }, content: { kind: 'memory', bytes } } as const;
  return added === undefined ? ref : { ...ref, added };
}

export const refsOf = (files: Readonly<Record<string, string>>): ArtifactRef[] =>
  Object.entries(files).map(([path, content]) => memoryRef(path, content));

export type Options = Partial<Omit<ScanInput<StandInSetup>, 'workers'>> & { readonly count?: number };

/** With `count` workers; none, if it is not given. */
export function scanRefs(refs: readonly ArtifactRef[], { count = 0, ...options }: Options = {}): Promise<ScanResult> {
  return scan({
    refs: [refs],
    checks: STAND_IN_CHECKS,
    parts: STAND_IN,
    setup: {},
    workers: { entry: ENTRY, count },
    now: NOW,
    ...options,
  });
}

export const scanFiles = (files: Readonly<Record<string, string>>, options: Options = {}): Promise<ScanResult> =>
  scanRefs(refsOf(files), options);
