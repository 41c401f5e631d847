import type { Confidence, Severity } from '#core/severity.ts';

/**
 * A rule ready to match, and nothing but data: it is written into the generated module, and crosses to workers. All
 * expressions are V8 source for the `u` flag.
 */
export interface Rule {
  /** The rule's own id; its check is `secrets/<id>`. */
  readonly id: string;
  readonly title: string;
  /** `undefined`: a rule about paths alone. */
  readonly regex?: string;
  readonly path?: string;
  /** Lower-case; one of them must stand somewhere in the text. None: the regex is tried on every text. */
  readonly keywords: readonly string[];
  /** Bits per character the secret must exceed; 0: no bound. */
  readonly entropy: number;
  /** Which group is the secret; 0: the first that matched anything, or the whole match. */
  readonly secretGroup: number;
  readonly tags: readonly string[];
  readonly allowlists: readonly Allowlist[];
  readonly required: readonly Required[];
  /** Only of use to rules that require it. */
  readonly skipReport: boolean;
  /** Hits come from the generic detector rather than a regex. */
  readonly detector?: 'generic';
  readonly plan: MatchPlan;
  /** How far from its beginning a match can cross into another line, in code units: see `regex/crossing.ts`. */
  readonly crosses: number;
  readonly facts: RuleFacts;
}

/** What a report says about the rule's findings. */
export interface RuleFacts {
  readonly provider?: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly proof?: string;
  readonly cwe: readonly number[];
  readonly remedy: string;
  /** Generic rules give way to any other at the same place. */
  readonly generic: boolean;
}

/** gitleaks' `[[rules.required]]`: another rule must match too, near or anywhere. */
export interface Required {
  readonly id: string;
  readonly withinLines?: number;
  readonly withinColumns?: number;
}

/**
 * gitleaks' allowlist. With `any`, one criterion is enough to let a match through; with `all`, every criterion that is
 * given must hold.
 */
export interface Allowlist {
  readonly condition: 'any' | 'all';
  /** Lower-case. */
  readonly commits: readonly string[];
  /** The alternatives of one kind, joined to one expression. */
  readonly paths?: string;
  readonly regexes?: string;
  readonly target: 'secret' | 'match' | 'line';
  /** Lower-case; found anywhere in the secret. */
  readonly stopwords: readonly string[];
}

/** Where a rule's regex has to be tried; see `match/plan.ts`. */
export type MatchPlan = AnchoredPlan | { readonly kind: 'everywhere' };

export interface AnchoredPlan {
  readonly kind: 'anchored';
  /** Every match holds one of these (lower-case ASCII, any case in the text), and begins this far before it. */
  readonly literals: readonly AnchorLiteral[];
  /** Lazy runs that may stand before the core (`[\w.-]{0,50}?`), from the left; offsets of literals count from the core. */
  readonly runs?: readonly LeadingRun[];
  /** The regex without the runs, where there are any. */
  readonly core?: string;
  /** Matches, in so many characters at most, wherever the core does; without a source it is the core. See `regex/head.ts`. */
  readonly head?: { readonly source?: string; readonly most: number };
}

export interface AnchorLiteral {
  readonly text: string;
  readonly least: number;
  readonly most: number;
  /** Of each character: `U` or `L` where it must be a capital or a small letter, else `*`. */
  readonly cases?: string;
  /** It stands at the begin of a word. */
  readonly wordStart?: true;
  /** So many characters of a class (its source) surely follow, all in the same line. */
  readonly after?: { readonly of: string; readonly count: number };
  /** Otherwise: at most so many characters of one class may follow, and then one of another surely does. */
  readonly beyond?: { readonly through?: string; readonly most: number; readonly to: string };
}

/** A run that is looked through for so many characters may be longer. */
export const MOST_BEYOND = 64;

export interface LeadingRun {
  /** What the run is made of, as the source of one character class. */
  readonly of: string;
  readonly most: number;
}

/** Rules that came from one configuration, and what holds for all of them. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly allowlists: readonly Allowlist[];
}
