/**
 * The team's rules. Every expression is CEL; `src/gate` compiles and evaluates them.
 */
export interface Policy {
  readonly rules: readonly PolicyRule[];
  /** Most open findings a family may have before the verdict is `refused`, by family name; `all` counts every family. */
  readonly limits: Readonly<Record<string, number>>;
  readonly problems: ProblemRule;
}

/** Refuses when `when` holds: for each finding if the expression reads `finding`, else once for the whole scan. */
export interface PolicyRule {
  readonly name: string;
  readonly when: string;
  /** Shown to the person who is stopped: why this is not allowed and whom to ask. */
  readonly message?: string;
  /** Days after a finding is first seen before it refuses; until then it is a warning. */
  readonly graceDays?: number;
  /** ISO date; before it the rule only warns. */
  readonly from?: string;
}

/** What problems do to the verdict. */
export interface ProblemRule {
  /** Which problems count; CEL over `problem`. */
  readonly when: string;
  /** `warning` lets an incomplete scan pass, and says so. */
  readonly outcome: 'incomplete' | 'refused' | 'warning';
}

/** New findings of high severity that the context supports are refused; a scan that could not see everything is incomplete. */
export const DEFAULT_POLICY: Policy = {
  rules: [
    {
      name: 'new-high-findings',
      when: 'finding.severity >= HIGH && finding.confidence >= MEDIUM && finding.isNew',
      message: 'New findings of high severity are not let through.',
    },
  ],
  limits: {},
  problems: { when: 'true', outcome: 'incomplete' },
};

/** Facts about the scan that a policy may ask for. Unknown ones are empty strings. */
export interface PolicyContext {
  /** `folder`, `staged`, `since`, `history`, `archive`, `url`. */
  readonly target: string;
  readonly branch: string;
  readonly event: string;
  readonly actor: string;
  readonly ci: boolean;
}
