import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { baselineOf, writeBaseline } from '#engine/baseline.ts';
import { readBaseline } from './baseline-file.ts';
import type { ScanRequest } from './job.ts';
import { scan } from './scan.ts';
import { shown } from './user-file.ts';
import { written } from './written.ts';

export interface WrittenBaseline {
  readonly file: string;
  readonly entries: number;
  /** Of an older baseline in the same place: no longer found, and so no longer listed. */
  readonly gone: number;
  readonly interrupted: boolean;
}

/**
 * Scans and writes down what counts today. What an older baseline in the same place knows keeps its date.
 *
 * @throws SluiceError as a scan does
 */
export async function writeCurrentBaseline(request: ScanRequest, output: string): Promise<WrittenBaseline> {
  const file = resolve(output);
  const previous = existsSync(file) ? readBaseline(file) : undefined;
  const { report, interrupted } = await scan({ ...request, baseline: false });
  if (interrupted) return { file: shown(file), entries: 0, gone: 0, interrupted };
  const baseline = baselineOf(report.findings, new Date(report.startedAt), previous);
  const kept = new Set(baseline.entries.map(({ fingerprint }) => fingerprint));
  const gone = previous?.entries.filter(({ fingerprint }) => !kept.has(fingerprint)).length ?? 0;
  written(shown(file), () => writeBaseline(file, baseline));
  return { file: shown(file), entries: baseline.entries.length, gone, interrupted };
}
