import { readFileSync } from 'node:fs';

/** Replaced by the version when the bundle is built; run from source, it is read from package.json. */
declare const __SLUICE_VERSION__: string | undefined;

export const VERSION: string =
  typeof __SLUICE_VERSION__ === 'string'
    ? __SLUICE_VERSION__
    : (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
