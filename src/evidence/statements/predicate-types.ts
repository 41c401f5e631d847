/**
 * What a predicate holds, by URI. Types of the field where there is one; ours name no host, so that nobody's server has to
 * answer for them.
 */
export const PREDICATE = {
  /** https://slsa.dev/spec/v1.1/provenance */
  provenance: 'https://slsa.dev/provenance/v1',
  /** https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md */
  tests: 'https://in-toto.io/attestation/test-result/v0.1',
  /** https://slsa.dev/spec/v1.1/verification_summary; the verdict of a scan. */
  verification: 'https://slsa.dev/verification_summary/v1',
  /** https://github.com/in-toto/attestation/blob/main/spec/predicates/cyclonedx.md */
  cyclonedx: 'https://cyclonedx.org/bom',
  /** https://github.com/in-toto/attestation/blob/main/spec/predicates/spdx.md */
  spdx: 'https://spdx.dev/Document',
  /** https://github.com/in-toto/attestation/blob/main/spec/predicates/release.md */
  release: 'https://in-toto.io/attestation/release/v0.1',
  /** That the signer stands for the subject, and no more; the type that cosign gives its signatures of images. */
  signature: 'https://sigstore.dev/cosign/sign/v1',
  review: 'urn:sluice:review:v1',
  approval: 'urn:sluice:approval:v1',
  deployment: 'urn:sluice:deployment:v1',
} as const;

export type PredicateName = keyof typeof PREDICATE;
