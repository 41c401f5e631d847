import { createPrivateKey } from 'node:crypto';
import { crc24 } from './crc.ts';
import { ED25519_PKCS8, generateOpenSsh, readOpenSsh } from './openssh-key.ts';
import { type PemBlock, readPem, writePem } from './pem.ts';
import { type Proof, proven, type Random, refuted, unknown } from './proof.ts';
import { randomBytes } from './text.ts';

/**
 * A private key in PEM: PKCS#1, PKCS#8, SEC 1 and DSA keys by OpenSSL's own parser (no file, no network), OpenSSH keys
 * by their structure, OpenPGP keys by their first packet and armor checksum.
 */
export function prove(secret: string, match: string): Proof {
  const block = readPem(secret.includes('-----BEGIN') ? secret : match);
  if (block === undefined) return unknown('the block is not whole');
  if (block.label.includes('OPENSSH')) return proveOpenSsh(block);
  if (block.label.includes('PGP')) return proveOpenPgp(block);
  return proveDer(block);
}

function proveOpenSsh(block: PemBlock): Proof {
  const key = readOpenSsh(block.bytes);
  if (key === undefined) return refuted('the block does not decode to an OpenSSH key');
  return proven(
    key.encrypted ? 'decodes to an OpenSSH key under a passphrase' : 'decodes to an OpenSSH key without passphrase',
  );
}

/** Packet tag 5, a secret key, in both header formats (RFC 9580 section 4.2). */
const isSecretKeyPacket = (byte: number | undefined): boolean => byte === 0xc5 || ((byte ?? 0) & 0xfc) === 0x94;

function proveOpenPgp(block: PemBlock): Proof {
  if (!isSecretKeyPacket(block.bytes[0])) return refuted('the block does not start with an OpenPGP secret key');
  if (block.checksum === undefined)
    return unknown('the block starts with an OpenPGP secret key, without armor checksum');
  return crc24(block.bytes) === Buffer.from(block.checksum, 'base64').readUIntBE(0, 3)
    ? proven('starts with an OpenPGP secret key, and the armor checksum matches')
    : refuted('the armor checksum does not match');
}

function proveDer(block: PemBlock): Proof {
  if (block.encrypted) {
    return block.label.startsWith('ENCRYPTED') && block.bytes[0] !== 0x30
      ? refuted('the block does not decode to an encrypted key')
      : proven('an encrypted key: its passphrase is needed to use it');
  }
  const types = typesOf(block.label);
  return types.some((type) => parses(block.bytes, type))
    ? proven('parses as a private key without passphrase')
    : refuted('does not parse as a private key');
}

type DerType = 'pkcs1' | 'pkcs8' | 'sec1';

/** Labels are often wrong about what they hold, so the likely structure is tried first and PKCS#8 after it. */
function typesOf(label: string): readonly DerType[] {
  if (label.startsWith('RSA')) return ['pkcs1', 'pkcs8'];
  if (label.startsWith('EC')) return ['sec1', 'pkcs8'];
  return ['pkcs8', 'pkcs1', 'sec1'];
}

function parses(bytes: Buffer, type: DerType): boolean {
  try {
    createPrivateKey({ key: bytes, format: 'der', type });
    return true;
  } catch {
    return false;
  }
}

const OID_P256 = Buffer.from('a00a06082a8648ce3d030107', 'hex');

/** The argument: `pkcs8` (the default), `sec1`, `openssh` or `pgp`; with `escaped` after it, on one line as in JSON. */
export function generate(random: Random, arg = 'pkcs8'): string {
  const pem = generatePem(random, arg.replace(/ ?escaped$/, ''));
  return arg.endsWith('escaped') ? pem.replaceAll('\n', '\\n') : pem;
}

function generatePem(random: Random, kind: string): string {
  if (kind === 'openssh') return writePem('OPENSSH PRIVATE KEY', generateOpenSsh(random));
  if (kind === 'pgp') return generateArmor(random);
  if (kind !== 'sec1') return writePem('PRIVATE KEY', Buffer.concat([ED25519_PKCS8, randomBytes(random, 32)]));
  const scalar = randomBytes(random, 32);
  // The order of the curve begins with 32 ones, so a scalar whose first two bits are 01 is below it.
  scalar[0] = 0x40 | ((scalar[0] ?? 0) & 0x3f);
  return writePem('EC PRIVATE KEY', Buffer.concat([Buffer.from('30310201010420', 'hex'), scalar, OID_P256]));
}

/** Armor around the first packet's header and noise: what a scan can judge, but no key that GnuPG would take. */
function generateArmor(random: Random): string {
  const bytes = Buffer.concat([Buffer.from([0x95, 0x01, 0x56, 0x04]), randomBytes(random, 92)]);
  const sum = Buffer.alloc(3);
  sum.writeUIntBE(crc24(bytes), 0, 3);
  const end = `=${sum.toString('base64')}\n-----END`;
  return writePem('PGP PRIVATE KEY BLOCK', bytes).replace('BLOCK-----\n', 'BLOCK-----\n\n').replace('-----END', end);
}
