import type { Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type SignedEntity, toTrustMaterial } from '@sigstore/verify';
import { Refusal } from '#core/refusal.ts';
import { parseJson } from './json.ts';

type TrustMaterial = ReturnType<typeof toTrustMaterial>;
type KeyFinder = TrustMaterial['publicKey'];

/** A Sigstore trusted root: whose certificates, logs and timestamps count. */
export interface SigstoreRoot {
  material(key?: KeyFinder): TrustMaterial;
  /** What the library leaves open. Throws a `Refusal`. */
  examine(bundle: Bundle, now: Date): void;
  /** The latest of the times that the proofs of a verified bundle give. */
  latestTime(entity: SignedEntity): Date | undefined;
}

/**
 * Reads a `trusted_root.json`.
 *
 * @throws Refusal `root-invalid`
 */
export function parseTrustedRoot(bytes: Uint8Array): SigstoreRoot {
  const json = parseJson(bytes, 'the trusted root');
  let material: (key?: KeyFinder) => TrustMaterial;
  try {
    const root = TrustedRoot.fromJSON(json);
    // The library takes a missing start for the beginning of time.
    if ([...root.tlogs, ...root.ctlogs].some((log) => log.publicKey?.validFor?.start === undefined)) {
      throw new TypeError('a log does not say from when on its key counts');
    }
    material = (key = unknownKey) => toTrustMaterial(root, key);
    material();
  } catch (cause) {
    throw new Refusal('root-invalid', 'not a Sigstore trusted root', cause);
  }
  return { material, examine, latestTime };
}

const unknownKey: KeyFinder = () => {
  throw new Refusal('key-unknown', 'nobody trusts the key that signed it');
};

/** Clocks of honest machines differ by minutes. */
const TOLERANCE_MS = 5 * 60_000;

function examine({ verificationMaterial }: Bundle, now: Date): void {
  for (const { integratedTime } of verificationMaterial.tlogEntries) {
    if (Number(integratedTime) * 1_000 > now.getTime() + TOLERANCE_MS) {
      throw new Refusal('log-wrong', 'its entry in the transparency log is from the future');
    }
  }
}

function latestTime({ timestamps }: SignedEntity): Date | undefined {
  const times = timestamps.map((timestamp) =>
    timestamp.$case === 'timestamp-authority'
      ? timestamp.timestamp.signingTime.getTime()
      : Number(timestamp.tlogEntry.integratedTime) * 1_000,
  );
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
