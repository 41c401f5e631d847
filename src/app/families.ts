import { distance } from 'fastest-levenshtein';
import { families } from '#checks/registry.generated.ts';
import type { CheckDocumentation, CheckSummary, Family } from '#core/check.ts';
import { SluiceError } from '#core/error.ts';

export type FamilyName = keyof typeof families;

export const FAMILY_NAMES = Object.keys(families) as readonly FamilyName[];

/**
 * The families asked for, loaded; all of them when none is named.
 *
 * @throws SluiceError `family-unknown`
 */
export async function loadFamilies(names: readonly string[] | undefined): Promise<readonly Family[]> {
  const wanted = names ?? FAMILY_NAMES;
  for (const name of wanted) {
    if (name in families) continue;
    const hint = `There are: ${FAMILY_NAMES.join(', ')}.`;
    throw new SluiceError('family-unknown', `there is no family of checks named ${name}`, { hint });
  }
  const inOrder = FAMILY_NAMES.filter((name) => wanted.includes(name));
  return Promise.all(inOrder.map((name) => families[name]() as Promise<Family>));
}

/** Every check of the families named, by id. */
export async function listChecks(names: readonly string[] | undefined): Promise<readonly CheckSummary[]> {
  const loaded = await loadFamilies(names);
  return loaded.flatMap(({ checks }) => checks).toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** A check with its documentation. */
export interface ExplainedCheck {
  readonly summary: CheckSummary;
  readonly documentation: CheckDocumentation;
}

/**
 * One check by its id, or by the part after `/` where only one check ends so.
 *
 * @throws SluiceError `check-unknown`, with the ids that come close
 */
export async function explainCheck(id: string): Promise<ExplainedCheck> {
  const loaded = await loadFamilies(undefined);
  const known = loaded.flatMap((family) => family.checks.map((summary) => ({ family, summary })));
  const exact = known.find(({ summary }) => summary.id === id);
  const ending = known.filter(({ summary }) => summary.id.endsWith(`/${id}`));
  const found = exact ?? (ending.length === 1 ? ending[0] : undefined);
  if (found === undefined) {
    const summaries = known.map(({ summary }) => summary);
    throw unknownCheck(id, summaries);
  }
  const documentation = (await found.family.documentation()).find((entry) => entry.id === found.summary.id);
  if (documentation === undefined) throw new Error(`${found.summary.id} has no documentation`);
  return { summary: found.summary, documentation };
}

const MOST_SUGGESTIONS = 5;

function unknownCheck(id: string, known: readonly CheckSummary[]): SluiceError {
  const near = nearest(id.slice(id.indexOf('/') + 1).toLowerCase(), known);
  const hint = near.length === 0 ? '`sluice checks` lists them.' : `Did you mean: ${near.join(', ')}?`;
  return new SluiceError('check-unknown', `there is no check ${id}`, { hint });
}

/** The checks whose name or title has most of the words asked for; where several have, those written most alike. */
function nearest(asked: string, known: readonly CheckSummary[]): string[] {
  const words = asked.split(/[^a-z0-9]+/).filter((word) => word.length > 1);
  const candidates = known.map(({ id, title }) => {
    const name = id.slice(id.indexOf('/') + 1);
    const initials = name.replace(/([a-z0-9])[a-z0-9]*-?/g, '$1');
    const text = `${name} ${initials} ${title.toLowerCase()}`;
    return { id, shared: words.filter((word) => text.includes(word)).length, steps: distance(asked, name) };
  });
  const most = Math.max(0, ...candidates.map(({ shared }) => shared));
  return candidates
    .filter(({ shared, steps }) => (most > 0 && shared === most) || steps <= asked.length / 3)
    .toSorted((a, b) => a.steps - b.steps || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_SUGGESTIONS)
    .map(({ id }) => id);
}

/** The documentation of checks, looked up by id; loaded for the families that the checks belong to. */
export async function explanations(
  checks: readonly CheckSummary[],
): Promise<(id: CheckSummary['id']) => CheckDocumentation | undefined> {
  const names = new Set(checks.map(({ id }) => id.slice(0, id.indexOf('/'))));
  const known = FAMILY_NAMES.filter((name) => names.has(name));
  const loaded = known.length === 0 ? [] : await loadFamilies(known);
  const pages = (await Promise.all(loaded.map((family) => family.documentation()))).flat();
  const byId = new Map(pages.map((page) => [page.id, page]));
  return (id) => byId.get(id);
}
