import type { Artifact, ArtifactRef } from '#core/artifact.ts';
import type { CheckSummary, Inspector } from '#core/check.ts';
import type { Problem } from '#core/problem.ts';

/** What the engine is handed to do its work with; `src/app` makes one, and its worker entry another of the same kind. */
export interface Parts<Setup = unknown> {
  /** Makes the inspectors ready. Called once per thread. */
  prepare(setup: Setup): Preparation | Promise<Preparation>;
  readonly reader: ArtifactReader;
}

export interface Preparation {
  /** In a fixed order, one per family; `family` names it in problems. */
  readonly inspectors: readonly FamilyInspector[];
  readonly checks: readonly CheckSummary[];
}

export interface FamilyInspector {
  readonly family: string;
  readonly inspector: Inspector;
}

/** Where a reader puts what it reads, one at a time, so that an archive is never in memory whole. */
export interface ReadSink {
  /**
   * The artifact is inspected before this returns; its bytes may be reused afterwards. May throw to end the reading (the
   * next artifact hung before): let that pass.
   */
  artifact(artifact: Artifact): void;
  problem(problem: Problem): void;
}

/** Reads what a source listed. Everything it could not read is a problem; what it throws becomes one, too. */
export interface ArtifactReader {
  /** Whether reading this path gives more artifacts than itself (an archive), so that it is read whoever wants it. */
  expands(path: string): boolean;
  /** Gives the same artifacts in the same order each time. Returns a promise only where it must wait. */
  read(ref: ArtifactRef, sink: ReadSink): void | Promise<void>;
}
