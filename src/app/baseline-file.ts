import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { type Baseline, parseBaseline } from '#engine/baseline.ts';
import { BASELINE_NAME, type Configuration, pathInside, shown } from './configuration.ts';

/**
 * The baseline that holds: the file named, else the configured one, else `sluice-baseline.json` beside the configuration
 * if it is there. `false`: none.
 *
 * @throws SluiceError `baseline-not-found` for a file that is named and not there, `baseline-invalid`
 */
export function loadBaseline(configuration: Configuration, named: string | boolean): Baseline | undefined {
  if (named === false) return undefined;
  if (typeof named === 'string') return readBaseline(resolve(named));
  const { baseline } = configuration.config;
  if (baseline !== undefined)
    return readBaseline(pathInside(configuration, baseline, configuration.position(['baseline'])));
  const usual = join(configuration.folder, BASELINE_NAME);
  return existsSync(usual) ? readBaseline(usual) : undefined;
}

/** @throws SluiceError `baseline-not-found`, `baseline-invalid` */
export function readBaseline(file: string): Baseline {
  if (!existsSync(file)) {
    const hint = 'sluice baseline writes one.';
    throw new SluiceError('baseline-not-found', `there is no baseline ${shown(file)}`, { hint });
  }
  return parseBaseline(readFileSync(file, 'utf8'), shown(file));
}
