import type { Artifact, Origin } from '#core/artifact.ts';
import type { InspectionSink } from '#core/check.ts';
import type { Finding, Location } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import { maskText, type Span } from '#core/secret.ts';
import { Text } from '#core/text.ts';
import { withinBudget } from '#engine/guard.ts';
import type { Preparation } from '#engine/parts.ts';
import { BudgetSpent } from '#engine/trouble.ts';

/** Longer names are nobody's, and what is in them is not looked for but hidden. */
const LONGEST_NAME = 4_096;
const HIDDEN = '********';
/** What a name longer than this may take is bounded: on a shorter one no pattern that a rule may have is slow. */
const SHORT = 256;
const BUDGET_MS = 1_000;

type Conceal = (name: string) => string;

/**
 * Findings and problems as they may be shown: a path, or the name of a commit's author, that itself holds a secret has
 * it masked. Names are looked at by the same checks as contents, each once.
 */
export function concealNames<T extends { findings: readonly Finding[]; problems: readonly Problem[] }>(
  found: T,
  preparation: Preparation,
): T {
  const conceal = concealer(preparation);
  return {
    ...found,
    findings: found.findings.map((finding) => concealFinding(finding, conceal)),
    // A message may quote git, which names the paths that it has trouble with.
    problems: found.problems.map((problem) => withPath({ ...problem, message: conceal(problem.message) }, conceal)),
  };
}

function concealFinding(finding: Finding, conceal: Conceal): Finding {
  const { location, places, suppression, trace, fix } = finding;
  return {
    ...finding,
    location: concealLocation(location, conceal),
    places: places.map((place) => concealLocation(place, conceal)),
    ...(suppression === undefined ? {} : { suppression: withPath(suppression, conceal) }),
    ...(trace === undefined
      ? {}
      : { trace: trace.map((step) => ({ ...step, location: concealLocation(step.location, conceal) })) }),
    ...(fix === undefined ? {} : { fix: { ...fix, edits: fix.edits.map((edit) => withPath(edit, conceal)) } }),
  };
}

const concealLocation = (location: Location, conceal: Conceal): Location => ({
  ...location,
  path: conceal(location.path),
  origin: concealOrigin(location.origin, conceal),
});

const concealOrigin = (origin: Origin, conceal: Conceal): Origin =>
  origin.kind === 'commit' ? { ...origin, author: conceal(origin.author), email: conceal(origin.email) } : origin;

const withPath = <T extends { readonly path?: string }>(thing: T, conceal: Conceal): T =>
  thing.path === undefined ? thing : { ...thing, path: conceal(thing.path) };

function concealer({ inspectors }: Preparation): Conceal {
  const known = new Map<string, string>();
  return (name) => {
    let shown = known.get(name);
    if (shown === undefined) {
      shown = maskName(name, inspectors);
      known.set(name, shown);
    }
    return shown;
  };
}

function maskName(name: string, inspectors: Preparation['inspectors']): string {
  if (name.length > LONGEST_NAME) return HIDDEN;
  const spans: Span[] = [];
  const look = (): void => inspect(name, inspectors, spans);
  try {
    if (name.length > SHORT) withinBudget(look, BUDGET_MS);
    else look();
  } catch (error) {
    if (error instanceof BudgetSpent) return HIDDEN;
    throw error;
  }
  return maskText(name, spans);
}

function inspect(name: string, inspectors: Preparation['inspectors'], spans: Span[]): void {
  const text = Text.from(name);
  const artifact: Artifact = { path: '', origin: { kind: 'file' }, text, bytes: text.bytes };
  const sink: InspectionSink = {
    hit: ({ secret, span, mask = [] }) => void spans.push(...mask, ...(secret === undefined ? [] : [span])),
    problem: () => undefined,
  };
  for (const { inspector } of inspectors) inspector.inspect(artifact, sink);
}
