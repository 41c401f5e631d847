import type { Outcome } from './verdict.ts';

/**
 * What is proven about one artifact, in the words that policies use. Made by `src/evidence` from statements that were
 * verified: signed by somebody trusted, about this very digest, in the ledger. What was not verified is not here but in
 * `rejected`, with the reason. Absent things have `present` false, empty texts, zeros, and the time 0.
 */
export interface EvidenceFacts {
  readonly provenance: {
    readonly present: boolean;
    /** The id of the builder, and what it says it was built by and from. */
    readonly builder: string;
    readonly buildType: string;
    readonly invocation: string;
    /** The first source among the dependencies: its URI, and its commit. */
    readonly source: string;
    readonly revision: string;
    /** What started the build: `push`, `pull_request`; and how it ended: `success`, `failure`. Empty where it does not say. */
    readonly event: string;
    readonly conclusion: string;
    /** The builder says that code from outside took part: a pull request of a fork. */
    readonly untrusted: boolean;
    /** The builder says that nothing kept the steps apart from the machine. */
    readonly unsandboxed: boolean;
    /** The builder says that the source was not what its commit holds. */
    readonly sourceChanged: boolean;
    readonly signedBy: string;
    readonly at: Date;
  };
  readonly tests: {
    readonly present: boolean;
    /** There are results, and the latest of each configuration is no failure. */
    readonly passed: boolean;
    readonly failed: number;
    readonly signedBy: string;
    /** Of the oldest result that counts. */
    readonly at: Date;
  };
  readonly scan: {
    readonly present: boolean;
    /** The worst of the latest verdict of each scanner; empty where there is none. */
    readonly verdict: Outcome | '';
    readonly problems: number;
    /** Open findings, of all severities. */
    readonly findings: number;
    readonly signedBy: string;
    /** Of the oldest scan that counts. */
    readonly at: Date;
  };
  readonly sbom: {
    readonly present: boolean;
    readonly format: 'cyclonedx' | 'spdx' | '';
    readonly components: number;
    readonly signedBy: string;
  };
  readonly release: { readonly present: boolean; readonly purl: string; readonly signedBy: string };
  /** One for each signer and environment: the latest that has not expired. */
  readonly approvals: readonly { readonly by: string; readonly environment: string; readonly at: Date }[];
  /** The latest of each signer. */
  readonly reviews: readonly { readonly by: string; readonly result: string; readonly at: Date }[];
  readonly deployments: readonly {
    readonly by: string;
    readonly environment: string;
    readonly action: string;
    readonly at: Date;
  }[];
  /** The names of everybody who signed anything that counts, sorted. */
  readonly signedBy: readonly string[];
  readonly rejected: readonly RejectedEvidence[];
}

/** A statement that does not count, and why. */
export interface RejectedEvidence {
  /** Its number in the ledger; -1 when the ledger as a whole does not count. */
  readonly entry: number;
  /** The predicate type, where it could be read. */
  readonly type: string;
  readonly code: string;
  readonly reason: string;
}

const NEVER = new Date(0);

/** Nothing is proven. */
export const NO_EVIDENCE: EvidenceFacts = {
  provenance: {
    present: false,
    builder: '',
    buildType: '',
    invocation: '',
    source: '',
    revision: '',
    event: '',
    conclusion: '',
    untrusted: false,
    unsandboxed: false,
    sourceChanged: false,
    signedBy: '',
    at: NEVER,
  },
  tests: { present: false, passed: false, failed: 0, signedBy: '', at: NEVER },
  scan: { present: false, verdict: '', problems: 0, findings: 0, signedBy: '', at: NEVER },
  sbom: { present: false, format: '', components: 0, signedBy: '' },
  release: { present: false, purl: '', signedBy: '' },
  approvals: [],
  reviews: [],
  deployments: [],
  signedBy: [],
  rejected: [],
};
