import type { CheckSummary } from '#core/check.ts';
import type { Suppression } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import { IgnoreIndex } from './ignore-file.ts';
import type { SuppressionOptions } from './input.ts';
import type { Draft } from './protocol.ts';

/** Decides which suppressions count today, and remembers those that no longer do: they are problems. */
export class SuppressionJudge {
  readonly #requireReason: boolean;
  readonly #ignored: IgnoreIndex;
  /** ISO date, UTC. */
  readonly #today: string;
  readonly #problems = new Map<string, Problem>();

  constructor(
    { requireReason = false, ignoreFiles = [] }: SuppressionOptions,
    checks: readonly CheckSummary[],
    now: Date,
  ) {
    this.#requireReason = requireReason;
    this.#ignored = new IgnoreIndex(ignoreFiles, checks);
    this.#today = now.toISOString().slice(0, 10);
  }

  /** The suppression under which this hit does not count; the comment beside it before the ignore file. */
  of(draft: Draft): Suppression | undefined {
    const file = this.#ignored.suppressionOf(draft.check, draft.location);
    const candidates = [...(draft.suppressions ?? []), ...(file === undefined ? [] : [file])];
    const valid = candidates.find((suppression) => this.#objection(suppression) === undefined);
    if (valid === undefined) for (const suppression of candidates) this.#complain(suppression, draft);
    return valid;
  }

  get problems(): Iterable<Problem> {
    return this.#problems.values();
  }

  #objection({ reason, until }: Suppression): Pick<Problem, 'code' | 'message' | 'hint'> | undefined {
    if (until !== undefined && until < this.#today) {
      return {
        code: 'suppression-expired',
        message: `A suppression ended on ${until}, so what it suppressed counts again.`,
        hint: 'Fix the finding, or decide anew and give a later date.',
      };
    }
    if (this.#requireReason && reason === undefined) {
      return {
        code: 'suppression-without-reason',
        message: 'A suppression gives no reason, and this project requires one, so it does not count.',
        hint: 'Write `-- ` and the reason after it.',
      };
    }
    return undefined;
  }

  #complain(suppression: Suppression, draft: Draft): void {
    const objection = this.#objection(suppression);
    const { path = draft.location.path, line = draft.location.startLine } = suppression;
    if (objection !== undefined) this.#problems.set(`${path}:${line}:${suppression.by}`, { ...objection, path, line });
  }
}
