import type { Artifact } from './artifact.ts';
import type { Problem } from './problem.ts';
import type { MaskedText, Span } from './secret.ts';
import type { Confidence, Severity } from './severity.ts';

/** `family/name`, both kebab-case: `secrets/github-personal-access-token`. */
export type CheckId = `${string}/${string}`;

/** What every finding of a check and every list of checks needs; small enough to load for each scan. */
export interface CheckSummary {
  readonly id: CheckId;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** CWE numbers, most specific first. */
  readonly cwe: readonly number[];
  readonly tags: readonly string[];
  /** One sentence: what to do about a finding. */
  readonly remedy: string;
  /** New checks start on `trial`: shown, never refused by the default policy. */
  readonly lifecycle: 'trial' | 'stable' | 'retired';
}

/** A check's whole documentation: printed by `sluice explain`, the reference pages and SARIF rule help. Markdown. */
export interface CheckDocumentation {
  readonly id: CheckId;
  readonly looksFor: string;
  readonly why: string;
  readonly fix: string;
  readonly limits: string;
  readonly references: readonly string[];
  readonly bad: readonly Example[];
  readonly good: readonly Example[];
}

/**
 * An example that runs as a test. In `content`, each expected hit of a bad example stands between `«` and `»` (the marks
 * are taken out before the scan) and `{{alnum 36}}` and its kind are replaced by generated text, so that no file of ours
 * holds anything that looks like a real credential.
 */
export interface Example {
  readonly path: string;
  readonly content: string;
}

/** What a check says about an artifact, before the engine gives it identity. Spans are indices into `text.string`. */
export interface Hit {
  readonly check: CheckId;
  readonly span: Span;
  /** What is wrong here; `undefined`: the check's title says it. Never scanned text that is not masked. */
  readonly message?: MaskedText;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** What the fingerprint is made from; see {@link Anchor}. */
  readonly anchor: Anchor;
  /** For secrets: what may be shown of the value. */
  readonly secret?: SecretHit;
  /** Spans to mask in any frame that shows this artifact (the secret, and its decoded form's cover). */
  readonly mask?: readonly Span[];
  /** What else belongs to it (the other rules that a composite one requires): shown as its trace. */
  readonly related?: readonly Span[];
}

/**
 * The identity of the root cause, not of the place: equal anchors of one check are one finding with several places.
 *
 * `key` groups within one scan and is never stored or shown (it may be a hash that a dictionary could reverse).
 * `stable` is what fingerprints, baselines and reports may hold for ever.
 */
export interface Anchor {
  readonly key: string;
  readonly stable: string;
  /**
   * `stable` says so little (a few bits of a password) that somebody could make another cause that has the same. In a scan
   * of a change a baseline then knows it only in the files it was listed for.
   */
  readonly weak?: true;
}

export interface SecretHit {
  readonly masked: MaskedText;
  /** What speaks for it, as short statements: "checksum matches", "decodes to a PKCS#8 key". */
  readonly proofs: readonly string[];
}

/** Everything an inspector may say while it looks at one artifact. */
export interface InspectionSink {
  hit(hit: Hit): void;
  problem(problem: Problem): void;
  /** Says which check starts to work, so that a budget spent can name it. Cheap; worth it before anything that may be slow. */
  enter?(check: CheckId): void;
}

/**
 * One pass over an artifact for many checks of a family: 230 secret rules read a file once, not 230 times. Synchronous,
 * without I/O, and bounded: it may be ended from outside at any moment.
 */
export interface Inspector {
  /** Cheap: may this path matter at all? Called for every artifact before it is read. */
  wants(path: string): boolean;
  inspect(artifact: Artifact, sink: InspectionSink): void;
}

/** A family of checks, as the registry knows it. */
export interface Family<Options = unknown> {
  readonly name: string;
  readonly checks: readonly CheckSummary[];
  /** Loaded only when documentation is shown. */
  documentation(): Promise<readonly CheckDocumentation[]>;
  /**
   * Ready to inspect. `options` must survive structured clone: each worker makes its own inspector from them.
   * `digest` of {@link Prepared} changes whenever an answer may change, so that caches know.
   */
  prepare(options: Options): Prepared | Promise<Prepared>;
}

export interface Prepared {
  readonly inspector: Inspector;
  /** The checks that take part: ours, and those a user's rule file brought. */
  readonly checks: readonly CheckSummary[];
  readonly problems: readonly Problem[];
  readonly digest: string;
}
