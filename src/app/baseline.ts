import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { type Baseline, baselineOf, parseBaseline, writeBaseline } from '#engine/baseline.ts';
import { BASELINE_NAME, type Configuration, pathInside, shown } from './configuration.ts';
import { type ScanRequest, scan } from './scan.ts';

/**
 * The baseline that holds: the file named, else the configured one, else `sluice-baseline.json` beside the configuration
 * if it is there. `false`: none.
 *
 * @throws SluiceError `baseline-not-found` for a file that is named and not there, `baseline-invalid`
 */
export function loadBaseline(configuration: Configuration, named: string | boolean): Baseline | undefined {
  if (named === false) return undefined;
  if (typeof named === 'string') return read(resolve(named));
  const { baseline } = configuration.config;
  if (baseline !== undefined) return read(pathInside(configuration, baseline, configuration.position(['baseline'])));
  const usual = join(configuration.folder, BASELINE_NAME);
  return existsSync(usual) ? read(usual) : undefined;
}

function read(file: string): Baseline {
  if (!existsSync(file)) {
    const hint = 'sluice baseline writes one.';
    throw new SluiceError('baseline-not-found', `there is no baseline ${shown(file)}`, { hint });
  }
  return parseBaseline(readFileSync(file, 'utf8'), shown(file));
}

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
  const previous = existsSync(file) ? read(file) : undefined;
  const { report, interrupted } = await scan({ ...request, baseline: false });
  if (interrupted) return { file: shown(file), entries: 0, gone: 0, interrupted };
  const baseline = baselineOf(report.findings, new Date(report.startedAt), previous);
  const kept = new Set(baseline.entries.map(({ fingerprint }) => fingerprint));
  const gone = previous?.entries.filter(({ fingerprint }) => !kept.has(fingerprint)).length ?? 0;
  writeBaseline(file, baseline);
  return { file: shown(file), entries: baseline.entries.length, gone, interrupted };
}
