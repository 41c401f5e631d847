import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { Refusal } from '#core/refusal.ts';
import { readIdentities } from '#evidence/keys/identities.ts';
import { parseTrustedRoot, type SigstoreRoot } from '#evidence/trusted-root.ts';
import type { Trust } from '#evidence/verify.ts';
import { ownKeys } from './own-evidence.ts';

const ROOT_NAME = 'trusted-root.json';

/**
 * Whom the user trusts: keys, and holders of certificates of the user's Sigstore root, which is the file
 * `trusted-root.json` of the user's folder.
 */
export function trustOf(home: string): Trust {
  const keys = ownKeys(home)
    .trusted()
    .filter(({ purpose }) => purpose === 'evidence');
  const file = join(home, ROOT_NAME);
  const root = existsSync(file) ? { root: readRoot(file) } : {};
  return { keys, identities: readIdentities(home), ...root };
}

/** @throws SluiceError `root-invalid` for a file that is no trusted root */
export function readRoot(file: string): SigstoreRoot {
  try {
    return parseTrustedRoot(readFileSync(file));
  } catch (cause) {
    if (cause instanceof Refusal) throw new SluiceError('root-invalid', `${file}: ${cause.message}`, { cause });
    throw new SluiceError('file-unreadable', `${file} cannot be read`, { cause });
  }
}
