import type { CheckId, CheckSummary } from '#core/check.ts';
import type { Finding } from '#core/finding.ts';
import { assemble } from './assemble.ts';
import type { Baseline } from './baseline.ts';
import { Group, placeOf } from './group.ts';
import type { ScanInput, ScanLimits } from './input.ts';
import { KnownFindings } from './known.ts';
import { Problems } from './problems.ts';
import type { Draft, Examined } from './protocol.ts';
import type { SuppressionJudge } from './suppression.ts';

/** Findings that keep their frames. Nobody reads more of them, and each is a kilobyte. */
const MOST_FRAMES = 10_000;

export interface CollectorOptions {
  readonly checks: readonly CheckSummary[];
  readonly limits: ScanLimits;
  readonly baseline: Baseline | undefined;
  readonly change: ScanInput['change'];
  readonly judge: SuppressionJudge;
}

/**
 * Turns what the examined refs said into findings. It must be given them in the order of the refs, whoever was done
 * first: then limits cut the same findings off each time.
 */
export class Collector {
  readonly problems: Problems;
  artifacts = 0;
  bytes = 0;
  binary = 0;
  readonly #options: CollectorOptions;
  readonly #checks: ReadonlyMap<CheckId, CheckSummary>;
  readonly #groups = new Map<string, Group>();
  #places = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#checks = new Map(options.checks.map((check) => [check.id, check]));
    this.problems = new Problems(options.limits.problemsPerCode);
  }

  add(examined: Examined): void {
    this.artifacts += examined.artifacts;
    this.bytes += examined.bytes;
    this.binary += examined.binary;
    for (const problem of examined.problems) this.problems.add(problem);
    for (const draft of examined.drafts) this.#addDraft(draft);
  }

  finish(): { readonly findings: Finding[]; readonly matched: number; readonly stale: number } {
    const { baseline, change, limits, judge } = this.#options;
    if (this.#places > limits.places) {
      const message = `${this.#places} places were found; those after the first ${limits.places} are left out.`;
      this.problems.add({ code: 'too-many-findings', message, hint: 'Exclude what is generated, or scan in parts.' });
    }
    for (const problem of judge.problems) this.problems.add(problem);
    const known = new KnownFindings(baseline, change);
    const findings = assemble([...this.#groups.values()], known);
    const matched = new Set(findings.map(({ fingerprint }) => fingerprint)).intersection(known.fingerprints).size;
    return { findings, matched, stale: known.fingerprints.size - matched };
  }

  #addDraft(draft: Draft): void {
    const check = this.#checks.get(draft.check);
    if (check === undefined) {
      const message = 'A check that takes no part in this scan had a hit.';
      this.problems.add({ code: 'check-failed', message, path: draft.location.path, check: draft.check });
      return;
    }
    this.#places += 1;
    if (this.#places > this.#options.limits.places) return;
    const place = placeOf(draft, this.#options.judge.of(draft));
    const key = `${draft.check} ${draft.key}`;
    const group = this.#groups.get(key);
    if (group !== undefined) group.add(place, draft);
    else this.#groups.set(key, new Group(check, place, draft, this.#groups.size < MOST_FRAMES));
  }
}
