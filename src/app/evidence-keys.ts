import { join } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { disk } from '#adapters/disk.ts';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';
import { trustIdentity } from '#evidence/keys/identities.ts';
import type { Algorithm } from '#evidence/keys/private-key.ts';
import { readPublicKey, type TrustedKey, trustKey } from '#evidence/keys/trust.ts';
import type { TrustedIdentity } from '#evidence/verify.ts';
import { userFolder } from './home.ts';
import { ownName } from './notary.ts';
import { ownKeys } from './own-evidence.ts';
import { trustOf } from './trust.ts';
import { readUserFile } from './user-file.ts';

export interface KeyOverview {
  readonly folder: string;
  readonly keys: readonly (TrustedKey & { readonly own: boolean; readonly sealed: boolean })[];
  readonly identities: readonly TrustedIdentity[];
}

/** The user's keys, and everybody the user trusts. */
export function keysOf(): KeyOverview {
  const home = userFolder();
  const store = ownKeys(home);
  const keys = store.trusted().map((key) => {
    const own = store.current(key.purpose)?.keyId === key.keyId;
    return { ...key, own, sealed: own && store.isSealed(key.purpose) };
  });
  return { folder: join(home, 'keys'), keys, identities: trustOf(home).identities };
}

export interface NewKey {
  readonly algorithm: Algorithm;
  readonly name?: string;
  readonly passphrase?: Secret;
}

/**
 * Makes the user's keys: one that signs statements, one that signs checkpoints of ledgers unless there is one.
 *
 * @throws SluiceError `key-exists`
 */
export async function createKeys({ algorithm, name = ownName(), passphrase }: NewKey): Promise<TrustedKey> {
  const store = ownKeys();
  const wish = { name, now: systemClock.now(), ...(passphrase === undefined ? {} : { passphrase }) };
  const key = await store.create({ ...wish, purpose: 'evidence', algorithm });
  if (store.current('ledger') === undefined) await store.create({ ...wish, purpose: 'ledger', algorithm: 'ed25519' });
  return key;
}

/**
 * Puts a new key in place of the one that signs statements. What the old one signed until now still counts.
 *
 * @throws SluiceError `key-missing`
 */
export async function rotateKey(wish: NewKey): Promise<TrustedKey> {
  const store = ownKeys();
  const { algorithm, name = store.current('evidence')?.name ?? ownName(), passphrase } = wish;
  const sealed = passphrase === undefined ? {} : { passphrase };
  return await store.rotate({ purpose: 'evidence', algorithm, name, now: systemClock.now(), ...sealed });
}

/**
 * Trusts the public key of somebody else from now on.
 *
 * @throws SluiceError `key-not-found`, `key-invalid`
 */
export function trustPublicKey(file: string, name: string, purpose: TrustedKey['purpose']): TrustedKey {
  const key = readPublicKey(readUserFile(file, 'key-not-found'));
  if (key === undefined) throw new SluiceError('key-invalid', `${file} holds no public key that can be used`);
  const trusted = trustKey(key, name, purpose, systemClock.now());
  ownKeys().trust(trusted);
  return trusted;
}

/** Trusts a holder of certificates from now on. */
export const trustCertificates = (identity: TrustedIdentity): void => trustIdentity(userFolder(), identity, disk);

/**
 * Nothing that a key signed counts any more.
 *
 * @throws SluiceError `key-not-found`
 */
export function revokeKey(idOrName: string): TrustedKey {
  const store = ownKeys();
  const found = store.trusted().filter(({ keyId, name }) => keyId.startsWith(idOrName) || name === idOrName);
  const [key] = found;
  if (key === undefined || found.length > 1) {
    const message = key === undefined ? `no trusted key is called ${idOrName}` : `several keys are called ${idOrName}`;
    throw new SluiceError('key-not-found', message, { hint: '`sluice evidence key show` lists them.' });
  }
  const revoked: TrustedKey = { ...key, revoked: true };
  store.trust(revoked);
  return revoked;
}
