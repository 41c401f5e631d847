import { SecretsExaminer } from '#checks/secrets/examiner.ts';
import { assemble, type SecretsOptions } from '#checks/secrets/prepare.ts';
import type { ArtifactRef, CommitOrigin } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import type { Finding, Location } from '#core/finding.ts';
import { order } from '#core/order.ts';
import type { Git } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import { scan } from '#engine/scan.ts';
import { blobRefs } from '#source/blobs.ts';
import { scanHistory as readHistory } from '#source/history/history.ts';
import type { HistoryHit, HistoryPlace, HistoryResult } from '#source/history/result.ts';
import { emptyTally, type Tally } from '#source/source.ts';
import { withClone } from './clone.ts';
import type { Examination, ScanJob } from './job.ts';
import { createParts } from './parts.ts';
import { tuneForHistory } from './runtime.ts';
import { readLimits, WORKER } from './scan-files.ts';

/**
 * Reads every commit of every ref. Only secrets are looked for: other families judge what is there, not what was.
 *
 * History tells which commits brought which secrets; the engine then looks at the lines of the first one as at any other
 * artifact, so that a finding of history has the identity, the frame and the suppressions of one in a work tree.
 */
export async function scanHistory(job: ScanJob): Promise<Examination> {
  tuneForHistory();
  return withClone(job, async (cwd) => {
    const setup = job.families.find(({ name }) => name === 'secrets');
    const { sets } = assemble((setup?.options ?? {}) as SecretsOptions);
    const { request } = job;
    const examiner = new SecretsExaminer(setup === undefined ? [] : sets);
    try {
      const history = await readHistory({
        git: job.git,
        cwd,
        examiner,
        largestBlob: job.configuration.config.scan.maxFileSize,
        ...(request.progress === undefined ? {} : { progress: request.progress }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      const examined = await examine(job, cwd, history, await within(job, cwd, history.hits));
      return examiner.undecoded ? { ...examined, problems: [...examined.problems, UNDECODED] } : examined;
    } catch (error) {
      if (request.signal?.aborted !== true) throw error;
      return { findings: [], problems: [], coverage: coverageOf(job, undefined), interrupted: true };
    }
  });
}

const UNDECODED: Problem = {
  code: 'encoded-too-deep',
  message: 'Not all of the history was decoded: something is encoded many times over, or in too many parts.',
};

/** Hits by whether the lines kept of them are those of their first place. */
interface Selected {
  readonly around: readonly HistoryHit[];
  /** A range left the first place out: the lines are to be read. */
  readonly elsewhere: readonly HistoryHit[];
}

/** What the commits of the range brought, where one is asked for. */
async function within({ target, git }: ScanJob, cwd: string, hits: readonly HistoryHit[]): Promise<Selected> {
  if (target.kind !== 'history' || target.commits === undefined) return { around: hits, elsewhere: [] };
  const wanted = await commitsOf(git, cwd, target.commits);
  const around: HistoryHit[] = [];
  const elsewhere: HistoryHit[] = [];
  for (const hit of hits) {
    const places = hit.places.filter(({ commit }) => wanted.has(commit));
    if (places.length > 0) (places[0] === hit.places[0] ? around : elsewhere).push({ ...hit, places });
  }
  return { around, elsewhere };
}

/** @throws SluiceError `revision-unknown` */
async function commitsOf(git: Git, cwd: string, range: string): Promise<ReadonlySet<string>> {
  try {
    const output = await git.run(['rev-list', '--end-of-options', range, '--'], { cwd });
    return new Set(output.toString().trim().split('\n'));
  } catch (cause) {
    if (!(cause instanceof SluiceError) || cause.code !== 'git-failed') throw cause;
    const hint = 'Write it as git does: main..HEAD. A shallow clone does not know older commits.';
    throw new SluiceError('revision-unknown', `there are no commits ${range}`, { hint, cause });
  }
}

/**
 * Looks at the lines around each hit; where those do not settle it (a rule that wants a word from elsewhere in the file),
 * at the whole file of that commit.
 */
async function examine(
  job: ScanJob,
  cwd: string,
  history: HistoryResult,
  { around, elsewhere }: Selected,
): Promise<Examination> {
  const near = await judge(job, [around.map(refOf)]);
  const first = settle(around, near.findings, true);
  const open = [...first.unsettled, ...elsewhere];
  const tally = emptyTally();
  const far = await judge(job, wholeFiles(job, cwd, open, tally));
  const second = settle(open, far.findings, false);
  // Two rules that saw one secret come to one finding; two causes never do, whatever their fingerprints.
  const findings = new Map([...second.findings, ...first.findings].map((finding) => [identityOf(finding), finding]));
  return {
    findings: [...findings.values()].toSorted(byAge),
    problems: [
      ...history.problems,
      ...near.problems,
      ...far.problems,
      ...tally.problems,
      ...second.unsettled.map(({ rule, places: [place] }) => lost(rule, place as HistoryPlace)),
    ],
    coverage: coverageOf(job, history),
    interrupted: near.interrupted || far.interrupted,
  };
}

const identityOf = ({ fingerprint, location: { path, startLine, startColumn } }: Finding): string =>
  `${fingerprint}:${startLine}:${startColumn}:${path}`;

type Refs = Parameters<typeof scan>[0]['refs'];

function judge(job: ScanJob, refs: Refs) {
  const { target, families, baseline, preparation, ignoreFiles, now } = job;
  const { config } = job.configuration;
  // A line that only moved to a file of another name was seen before, so nothing needs to be followed.
  const isChange = target.kind === 'history' && target.commits !== undefined;
  const reading = readLimits(config);
  return scan({
    refs,
    checks: preparation.checks,
    prepared: { ...preparation, inspectors: preparation.inspectors.filter(({ family }) => family === 'secrets') },
    parts: createParts(reading),
    setup: { families: families.filter(({ name }) => name === 'secrets'), reading },
    workers: { entry: WORKER, count: 0 },
    suppression: { requireReason: config.suppressions.requireReason, ignoreFiles },
    now,
    ...(baseline === undefined ? {} : { baseline }),
    ...(isChange ? { change: { formerPaths: new Map() } } : {}),
  });
}

/** The files of the first commits of hits, each once. git names a file by lines, so a path with one break stays out. */
async function* wholeFiles(
  { git, configuration }: ScanJob,
  cwd: string,
  hits: readonly HistoryHit[],
  tally: Tally,
): AsyncGenerator<readonly ArtifactRef[]> {
  const places = new Map(
    hits.flatMap(({ places: [place] }) => (place ? [[`${place.commit}:${place.path}`, place]] : [])),
  );
  // Asked for, and complained of, by `commit:path`, as git writes it.
  const entries = [...places.keys()].filter((id) => !/[\n\\]/.test(id)).map((id) => ({ id, path: id }));
  for await (const ref of blobRefs(entries, cwd, { git, limits: readLimits(configuration.config) }, tally)) {
    const place = places.get(ref.path);
    if (place !== undefined) yield [{ ...ref, path: place.path, origin: originOf(place) }];
  }
}

const coverageOf = ({ preparation }: ScanJob, history: HistoryResult | undefined): Examination['coverage'] => ({
  artifacts: (history?.blobs ?? 0) - (history?.binary ?? 0),
  bytes: history?.bytes ?? 0,
  binary: history?.binary ?? 0,
  excluded: 0,
  commits: history?.commits ?? 0,
  checks: preparation.checks.length,
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

interface Settled {
  readonly findings: readonly Finding[];
  readonly unsettled: readonly HistoryHit[];
}

/**
 * Each hit's finding: the engine's, with the places, the age and the presence that history knows. With `exact`, only one
 * of the same check will do.
 */
function settle(hits: readonly HistoryHit[], found: readonly Finding[], exact: boolean): Settled {
  const byPlace = Map.groupBy(
    found.flatMap((finding) => [finding.location, ...finding.places].map((location) => ({ finding, location }))),
    ({ location: { path, startLine, origin } }) =>
      keyOf(path, origin.kind === 'commit' ? origin.commit : '', startLine),
  );
  const findings: Finding[] = [];
  const unsettled: HistoryHit[] = [];
  for (const hit of hits) {
    const [first] = hit.places;
    if (first === undefined) continue;
    const candidates = byPlace.get(keyOf(first.path, first.commit, first.line)) ?? [];
    const same = candidates.find(({ finding }) => finding.check === `secrets/${hit.rule}`);
    const match = same ?? (exact ? undefined : candidates[0]);
    if (match === undefined) unsettled.push(hit);
    else findings.push(enrich(match.finding, match.location, hit));
  }
  return { findings, unsettled };
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
