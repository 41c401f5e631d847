/**
 * Whoever can sign: a key in the user's folder, a key management service, a certificate that lives ten minutes. The port of
 * `src/evidence`; what is signed never depends on which of them it is.
 */
export interface Signer {
  /** SHA-256 of the public key (DER, SubjectPublicKeyInfo), hexadecimal: how a verifier finds the key again. */
  readonly keyId: string;
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string;
  /** The certificate (DER) that says who holds the key, where there is one. */
  readonly certificate?: Uint8Array;
  /** Over the bytes as they are: ECDSA with SHA-256 as DER, or Ed25519. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
