import {
  createKeys,
  type KeyOverview,
  keysOf,
  type NewKey,
  revokeKey,
  rotateKey,
  trustCertificates,
  trustPublicKey,
} from '#app/evidence-keys.ts';
import { SluiceError } from '#core/error.ts';
import { print } from '../output.ts';
import { newPassphrase } from '../passphrase.ts';

interface KeyOptions {
  readonly name?: string;
  readonly algorithm: NewKey['algorithm'];
  readonly sealed?: boolean;
  readonly json?: boolean;
}

export async function show(options: { readonly json?: boolean; readonly public?: boolean }): Promise<number> {
  const overview = keysOf();
  if (options.public === true) await print(ownPublicKey(overview));
  else if (options.json === true) await print(`${JSON.stringify({ version: 1, ...overview }, null, 2)}\n`);
  else await print(textOf(overview));
  return 0;
}

function ownPublicKey({ keys }: KeyOverview): string {
  const own = keys.find((key) => key.own && key.purpose === 'evidence');
  if (own !== undefined) return own.publicKey;
  throw new SluiceError('key-missing', 'you have no key yet', { hint: 'Make one with `sluice evidence key create`.' });
}

function textOf({ folder, keys, identities }: KeyOverview): string {
  if (keys.length + identities.length === 0) return 'no keys yet: the first signature makes them\n';
  const lines = keys.map(({ keyId, name, purpose, own, sealed, validFrom, validUntil, revoked }) => {
    const until = validUntil === undefined ? '' : ` until ${validUntil.slice(0, 10)}`;
    const state = revoked === true ? 'revoked' : `from ${validFrom.slice(0, 10)}${until}`;
    const held = own ? (sealed ? 'yours, sealed' : 'yours') : 'trusted';
    return `${keyId.slice(0, 16)}  ${purpose.padEnd(8)}  ${held.padEnd(13)}  ${state}  ${name}`;
  });
  const holders = identities.map(({ name, subject, issuer }) => `certificate  ${subject} of ${issuer}  ${name}`);
  return `${[...lines, ...holders, `private keys in ${folder}`].join('\n')}\n`;
}

export const create = async (options: KeyOptions): Promise<number> =>
  await made(options, await createKeys(await wish(options)));

export const rotate = async (options: KeyOptions): Promise<number> =>
  await made(options, await rotateKey(await wish(options)));

async function wish({ algorithm, name, sealed }: KeyOptions): Promise<NewKey> {
  return {
    algorithm,
    ...(name === undefined ? {} : { name }),
    ...(sealed === true ? { passphrase: await newPassphrase() } : {}),
  };
}

async function made(
  { json }: KeyOptions,
  { keyId, name, publicKey }: { readonly keyId: string; readonly name: string; readonly publicKey: string },
): Promise<number> {
  if (json === true) await print(`${JSON.stringify({ version: 1, keyId, name, publicKey }, null, 2)}\n`);
  else await print(`key ${keyId} of ${name}\n${publicKey}`);
  return 0;
}

interface TrustOptions {
  readonly name: string;
  readonly ledger?: boolean;
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
}

export async function trust(file: string | undefined, options: TrustOptions): Promise<number> {
  const { name, certificateIdentity: subject, certificateOidcIssuer: issuer } = options;
  if (file !== undefined && subject === undefined && issuer === undefined) {
    const { keyId } = trustPublicKey(file, name, options.ledger === true ? 'ledger' : 'evidence');
    await print(`what ${keyId.slice(0, 16)} signs counts as ${name}'s\n`);
    return 0;
  }
  if (file !== undefined || subject === undefined || issuer === undefined) {
    const hint = 'Either a file, or --certificate-identity and --certificate-oidc-issuer.';
    throw new SluiceError('trust-unclear', 'whom to trust is not clear', { hint });
  }
  trustCertificates({ name, subject, issuer });
  await print(`what ${subject} of ${issuer} signs counts as ${name}'s\n`);
  return 0;
}

export async function revoke(of: string): Promise<number> {
  const { keyId, name } = revokeKey(of);
  await print(`nothing that ${keyId.slice(0, 16)} of ${name} signed counts any more\n`);
  return 0;
}
