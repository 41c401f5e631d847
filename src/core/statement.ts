/**
 * What happened, in the words that the field agreed on: an in-toto Statement, version 1
 * (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). Rooms make them, `src/evidence` signs and keeps them.
 */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  /** What it is about: never empty, each with at least one digest. */
  readonly subject: readonly Subject[];
  /** A URI that says what `predicate` holds. */
  readonly predicateType: string;
  readonly predicate: JsonObject;
}

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

export interface Subject {
  readonly name: string;
  readonly digest: Digest;
}

/** Hexadecimal, lower case, by algorithm: `sha256`, and `gitCommit` for a revision. */
export type Digest = Readonly<Record<string, string>>;

/** A thing that a statement refers to: a source, a builder image, a log (in-toto ResourceDescriptor v1). */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Digest;
  readonly mediaType?: string;
  readonly annotations?: JsonObject;
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
