import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Ended, project, sluice } from '../support/sluice.ts';

const SBOM = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{}] });

/** A repository with an artifact, and a user of its own. */
export function ground(user = 'ana') {
  const folder = project({ 'app.tgz': 'app', 'sbom.json': SBOM, 'dist/index.js': 'ok()' });
  execFileSync('git', ['init', '-q'], { cwd: folder });
  return { folder, ...as(folder, user) };
}

export function as(folder: string, user: string) {
  const home = join(folder, '..', user);
  const run = async (...args: string[]): Promise<Ended> => await sluice(args, folder, { SLUICE_HOME: home });
  const json = async (...args: string[]) =>
    JSON.parse((await run(...args, '--json')).stdout) as Record<string, unknown>;
  return { home, run, json };
}
