import { passphraseOf } from '#app/notary.ts';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';
import { askHidden, canAsk } from './prompt.ts';

/** The passphrase of a key: of the environment, else typed, once. */
export function askPassphrase(): () => Promise<Secret> {
  let known: Promise<Secret> | undefined;
  return async () => {
    known ??= wants() ? askHidden('Passphrase of your key: ') : passphraseOf(process.env)();
    return await known;
  };
}

/** A passphrase for a new key: typed twice where somebody types it. */
export async function newPassphrase(): Promise<Secret> {
  if (!wants()) return await passphraseOf(process.env)();
  const first = await askHidden('A passphrase for the key: ');
  const second = await askHidden('Once more: ');
  if (first.reveal() === '' || first.reveal() !== second.reveal()) {
    throw new SluiceError('passphrase-differs', 'the two passphrases are not the same, or empty');
  }
  return first;
}

const wants = (): boolean => (process.env['SLUICE_KEY_PASSPHRASE'] ?? '') === '' && canAsk();
