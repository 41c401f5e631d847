import { lstatSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import type { Configuration } from './configuration.ts';
import { userFolder } from './home.ts';

/** What Sluice writes below `.sluice`. */
const STATE = ['.gitignore', 'cache', 'concurrency', 'ledger', 'runs', 'secrets.json'];

/**
 * Refuses a `.sluice` that leads elsewhere: a repository may bring links, and whatever we write would land where they point.
 *
 * @throws SluiceError `state-linked`
 */
export function refuseLinkedState(repository: string): void {
  for (const name of ['', ...STATE]) {
    const place = join(repository, '.sluice', name);
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
    const hint = 'Sluice keeps its state in the repository itself. Remove the link.';
    throw new SluiceError('state-linked', `${join('.sluice', name)} is a link`, { hint });
  }
}

/**
 * Refuses a repository that brings a state of its own: files of a commit below `.sluice` would be taken for caches,
 * actions and evidence that this machine made. Workflows may lie there.
 *
 * @throws SluiceError `state-tracked`
 */
export async function refuseTrackedState(repository: string, git: Git): Promise<void> {
  const listed = await git.run(['ls-files', '-z', '--', ...STATE.slice(1).map((name) => `.sluice/${name}`)], {
    cwd: repository,
  });
  const [first] = listed.toString('utf8').split('\0').filter(Boolean);
  if (first === undefined) return;
  const hint = 'Take it out of the repository: git rm -r --cached .sluice/cache .sluice/ledger .sluice/runs';
  throw new SluiceError('state-tracked', 'the repository has a state of Sluice in its commits', {
    hint,
    at: { file: first },
  });
}

/**
 * Refuses images and tools whose folder holds keys of the user or the state of the repository, or lies in one of these: a
 * job would see them, and `sluice.yaml` comes with a change.
 *
 * @throws SluiceError `mount-refused`
 */
export function refuseExposure({ config, folder }: Configuration, repository: string): void {
  const kept = [userFolder(), join(repository, '.sluice')].map(real);
  const places = [
    ...Object.entries(config.actions.images).map(([name, place]) => ({ name: `actions.images: ${name}`, place })),
    ...config.actions.toolchains.map(({ tool, folder: place }) => ({ name: `actions.toolchains: ${tool}`, place })),
  ];
  for (const { name, place } of places) {
    const shown = real(resolve(folder, place));
    if (!kept.some((one) => isWithin(shown, one) || isWithin(one, shown))) continue;
    const hint = 'Name the folder of the image or tool itself.';
    throw new SluiceError('mount-refused', `${name} would show jobs a folder that Sluice keeps from them`, { hint });
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const isWithin = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
