import { network } from '#adapters/network.ts';
import { SluiceError } from '#core/error.ts';
import { Secret } from '#core/secret.ts';
import type { Witness } from '#evidence/sign.ts';
import { fulcioSigner } from '#evidence/sigstore/fulcio.ts';
import { rekorWitness } from '#evidence/sigstore/rekor.ts';
import { timestampWitness } from '#evidence/sigstore/timestamp.ts';
import { loadConfiguration } from './configuration.ts';
import type { NotaryOptions } from './notary.ts';
import { readUserFile } from './user-file.ts';

/**
 * How `--sigstore` signs: by the services that the configuration names.
 *
 * @throws SluiceError `sigstore-missing`, `token-missing`, `sigstore-failed`
 */
export async function sigstoreOf(tokenFile: string | undefined): Promise<Pick<NotaryOptions, 'signer' | 'witnesses'>> {
  const { config } = loadConfiguration(process.cwd(), undefined);
  const { fulcio, rekor, timestamp } = config.evidence.sigstore;
  if (fulcio === undefined && rekor === undefined && timestamp === undefined) {
    const hint = 'Name them under `evidence.sigstore`.';
    throw new SluiceError('sigstore-missing', 'sluice.yaml names no Sigstore services', { hint });
  }
  const witnesses: Witness[] = [
    ...(timestamp === undefined ? [] : [timestampWitness({ url: timestamp, network })]),
    ...(rekor === undefined ? [] : [rekorWitness({ url: rekor, network })]),
  ];
  if (fulcio === undefined) return { witnesses };
  return { witnesses, signer: await fulcioSigner({ url: fulcio, network }, tokenOf(tokenFile)) };
}

function tokenOf(file: string | undefined): Secret {
  const text = file === undefined ? process.env['SIGSTORE_ID_TOKEN'] : readUserFile(file, 'token-not-found');
  if (text !== undefined && text.trim() !== '') return new Secret(text.trim());
  const hint = 'Give it with --identity-token FILE, or as SIGSTORE_ID_TOKEN.';
  throw new SluiceError('token-missing', 'Fulcio needs an identity token', { hint });
}
