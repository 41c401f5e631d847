import { join, resolve } from 'node:path';
import { type Baseline, parseBaseline } from '#engine/baseline.ts';
import { BASELINE_NAME, type Configuration, pathInside } from './configuration.ts';
import { discovered } from './discovered.ts';
import { readUserFile, shown } from './user-file.ts';

/**
 * The baseline that holds: the file named, else the configured one, else `sluice-baseline.json` beside the configuration
 * if it is there. `false`: none.
 *
 * @throws SluiceError `baseline-not-found` for a file that is named and not there, `baseline-invalid`, `path-outside`
 */
export function loadBaseline(configuration: Configuration, named: string | boolean): Baseline | undefined {
  if (named === false) return undefined;
  if (typeof named === 'string') return readBaseline(resolve(named));
  const { baseline } = configuration.config;
  if (baseline !== undefined)
    return readBaseline(pathInside(configuration, baseline, configuration.position(['baseline'])));
  const usual = discovered(join(configuration.folder, BASELINE_NAME), '--baseline');
  return usual === undefined ? undefined : readBaseline(usual);
}

/** @throws SluiceError `baseline-not-found`, `baseline-invalid` */
export function readBaseline(file: string): Baseline {
  return parseBaseline(readUserFile(file, 'baseline-not-found', 'sluice baseline writes one.'), shown(file));
}
