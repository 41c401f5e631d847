import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's own folder: keys, whom they trust, the last state seen of each ledger. No sandbox ever mounts it.
 * `SLUICE_HOME`, else `$XDG_CONFIG_HOME/sluice`, else `~/.config/sluice`. It need not exist yet.
 */
export function userFolder(environment: Environment = process.env): string {
  const { SLUICE_HOME, XDG_CONFIG_HOME } = environment;
  if (SLUICE_HOME !== undefined && SLUICE_HOME !== '') return resolve(SLUICE_HOME);
  // The specification says to take no notice of one that is not absolute.
  if (XDG_CONFIG_HOME?.startsWith('/') === true) return join(XDG_CONFIG_HOME, 'sluice');
  return join(homedir(), '.config', 'sluice');
}

/** Where a repository keeps its ledger. */
export const ledgerFolder = (repository: string): string => join(repository, '.sluice', 'ledger');
