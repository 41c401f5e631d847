import { SecretsExaminer } from '#checks/secrets/examiner.ts';
import { assemble, type SecretsOptions } from '#checks/secrets/prepare.ts';
import type { ArtifactRef, CommitOrigin } from '#core/artifact.ts';
import type { Finding, Location } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import { scan } from '#engine/scan.ts';
import { scanHistory as readHistory } from '#source/history/history.ts';
import type { HistoryHit, HistoryPlace, HistoryResult } from '#source/history/result.ts';
import { withClone } from './clone.ts';
import { createParts } from './parts.ts';
import type { Examination, ScanJob } from './scan.ts';
import { readLimits, WORKER } from './scan-files.ts';

/**
 * Reads every commit of every ref. Only secrets are looked for: other families judge what is there, not what was.
 *
 * History tells which commits brought which secrets; the engine then looks at the lines of the first one as at any other
 * artifact, so that a finding of history has the identity, the frame and the suppressions of one in a work tree.
 */
export async function scanHistory(job: ScanJob): Promise<Examination> {
  return withClone(job, async (cwd) => {
    const setup = job.families.find(({ name }) => name === 'secrets');
    const { sets } = assemble((setup?.options ?? {}) as SecretsOptions);
    const { request } = job;
    try {
      const history = await readHistory({
        git: job.git,
        cwd,
        examiner: new SecretsExaminer(setup === undefined ? [] : sets),
        largestBlob: job.configuration.config.scan.maxFileSize,
        ...(request.progress === undefined ? {} : { progress: request.progress }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      return await examine(job, history);
    } catch (error) {
      if (request.signal?.aborted !== true) throw error;
      return { findings: [], problems: [], coverage: coverageOf(job, undefined), interrupted: true };
    }
  });
}

async function examine(job: ScanJob, history: HistoryResult): Promise<Examination> {
  const { configuration, families, baseline } = job;
  const result = await scan({
    refs: [history.hits.map(refOf)],
    checks: job.checks,
    parts: createParts(),
    setup: { families: families.filter(({ name }) => name === 'secrets'), reading: readLimits(configuration.config) },
    workers: { entry: WORKER, count: 0 },
    suppression: {
      requireReason: configuration.config.suppressions.requireReason,
      ignoreFiles: job.ignoreFiles,
    },
    now: job.now,
    ...(baseline === undefined ? {} : { baseline }),
  });
  const { findings, problems } = join(history.hits, result.findings);
  return {
    findings,
    problems: [...history.problems, ...result.problems, ...problems],
    coverage: coverageOf(job, history),
    interrupted: result.interrupted,
  };
}

const coverageOf = ({ checks }: ScanJob, history: HistoryResult | undefined): Examination['coverage'] => ({
  artifacts: (history?.blobs ?? 0) - (history?.binary ?? 0),
  bytes: history?.bytes ?? 0,
  binary: history?.binary ?? 0,
  excluded: 0,
  commits: history?.commits ?? 0,
  checks: checks.length,
});

/** The lines around a hit as an artifact, moved down to where they stand in the commit's file. */
function refOf({ places: [first], excerpt }: HistoryHit): ArtifactRef {
  if (first === undefined) throw new Error('a secret of history has no place');
  const bytes = Buffer.concat([Buffer.alloc(excerpt.firstLine - 1, '\n'), excerpt.bytes]);
  return { path: first.path, size: bytes.length, origin: originOf(first), content: { kind: 'memory', bytes } };
}

const originOf = ({ commit, author, email, date }: HistoryPlace): CommitOrigin => ({
  kind: 'commit',
  commit,
  author,
  email,
  date,
});

/** Each hit's finding: the engine's, with the places, the age and the presence that history knows. */
function join(
  hits: readonly HistoryHit[],
  found: readonly Finding[],
): { findings: readonly Finding[]; problems: readonly Problem[] } {
  const byPlace = new Map<string, { finding: Finding; location: Location }[]>();
  for (const finding of found) {
    for (const location of [finding.location, ...finding.places]) {
      const key = keyOf(
        location.path,
        location.origin.kind === 'commit' ? location.origin.commit : '',
        location.startLine,
      );
      byPlace.set(key, [...(byPlace.get(key) ?? []), { finding, location }]);
    }
  }
  const findings = new Map<string, Finding>();
  const problems: Problem[] = [];
  for (const hit of hits) {
    const [first] = hit.places;
    if (first === undefined) continue;
    const candidates = byPlace.get(keyOf(first.path, first.commit, first.line)) ?? [];
    const match = candidates.find(({ finding }) => finding.check === `secrets/${hit.rule}`) ?? candidates[0];
    if (match === undefined) problems.push(lost(hit.rule, first));
    else findings.set(match.finding.fingerprint, enrich(match.finding, match.location, hit));
  }
  return { findings: [...findings.values()].toSorted(byAge), problems };
}

const keyOf = (path: string, commit: string, line: number): string => `${commit}:${line}:${path}`;

/** History and the engine look with the same rules; where they disagree, nobody may think that nothing was there. */
const lost = (rule: string, { path, line, commit }: HistoryPlace): Problem => ({
  code: 'history-unsettled',
  message: `A match of ${rule} in commit ${commit.slice(0, 12)} could not be judged by its surroundings.`,
  hint: 'Look at it yourself, or check that commit out and scan it.',
  path,
  line,
  check: `secrets/${rule}`,
});

function enrich(finding: Finding, location: Location, hit: HistoryHit): Finding {
  const [first, ...others] = hit.places;
  const width = location.startLine === location.endLine ? location.endColumn - location.startColumn : 0;
  return {
    ...finding,
    location,
    places: others.map((place) => ({
      path: place.path,
      startLine: place.line,
      startColumn: place.column,
      endLine: place.line,
      endColumn: place.column + width,
      origin: originOf(place),
    })),
    ...(first === undefined ? {} : { firstSeen: first.date.slice(0, 10) }),
    ...(finding.secret === undefined ? {} : { secret: { ...finding.secret, inHead: hit.inHead } }),
  };
}

/** Oldest first, then as everywhere. */
function byAge(a: Finding, b: Finding): number {
  return (
    order(a.firstSeen ?? '', b.firstSeen ?? '') ||
    order(a.location.path, b.location.path) ||
    a.location.startLine - b.location.startLine ||
    order(a.fingerprint, b.fingerprint)
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
