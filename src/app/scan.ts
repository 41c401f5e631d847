import { systemClock } from '#adapters/clock.ts';
import { createGit } from '#adapters/git.ts';
import type { Finding } from '#core/finding.ts';
import { compareProblems, type Problem } from '#core/problem.ts';
import type { Progress } from '#core/progress.ts';
import type { Coverage, ScanReport } from '#core/scan.ts';
import type { Target } from '#core/target.ts';
import type { Preparation } from '#engine/parts.ts';
import type { Gate } from '#gate/gate.ts';
import { loadBaseline } from './baseline.ts';
import { type Configuration, loadConfiguration, loadGate } from './configuration.ts';
import { policyContext } from './context.ts';
import { familySetups } from './family-options.ts';
import { prepareFamilies } from './parts.ts';
import { scanFiles } from './scan-files.ts';
import { scanHistory } from './scan-history.ts';
import { loadIgnoreFiles } from './suppressions.ts';
import { folderOf, type Selection, targetOf } from './target.ts';
import { verifySecrets } from './verification.ts';

/** What a scan is asked to do; everything that is not said has the default of the command line. */
export interface ScanRequest extends Selection {
  readonly target: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly families?: readonly string[];
  /** gitleaks configurations beside those of the configuration. */
  readonly rules?: readonly string[];
  readonly config?: string;
  readonly policy?: string;
  /** A file; `true`: the configured or the usual one, if it is there; `false`: none. */
  readonly baseline: string | boolean;
  readonly verify: boolean;
  /** Providers that answer elsewhere than usual, `NAME=URL`. */
  readonly verifyEndpoints?: readonly string[];
  readonly cache: boolean;
  readonly workers?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface ScanOutcome {
  readonly report: ScanReport;
  /** Stopped before its end: the report holds a part, and must not be taken for the whole. */
  readonly interrupted: boolean;
}

/** What was found, by whichever way of reading: the same shape for files and for history. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly coverage: Coverage;
  readonly interrupted: boolean;
}

/** What both ways of reading start from. */
export interface ScanJob {
  readonly request: ScanRequest;
  readonly target: Target;
  readonly configuration: Configuration;
  readonly families: Awaited<ReturnType<typeof familySetups>>;
  readonly preparation: Preparation;
  readonly digest: string;
  readonly baseline: ReturnType<typeof loadBaseline>;
  readonly ignoreFiles: ReturnType<typeof loadIgnoreFiles>['files'];
  readonly git: ReturnType<typeof createGit>;
  readonly now: Date;
}

/**
 * The line, once: target → artifacts → checks → findings → gate → verdict. Writes nothing but the cache.
 *
 * @throws SluiceError for what the user got wrong: no such target, a broken configuration, an unknown family
 */
export async function scan(request: ScanRequest): Promise<ScanOutcome> {
  const startedAt = systemClock.now();
  const target = targetOf(request.target, request);
  const configuration = loadConfiguration(folderOf(target), request.config);
  const gate = loadGate(configuration, request.policy);
  const { job, problems } = await prepare(request, target, configuration, startedAt);
  const isHistory = target.kind === 'history' || (target.kind === 'url' && target.history);
  const examined = await (isHistory ? scanHistory(job) : scanFiles(job));
  const verified = request.verify && !examined.interrupted ? await verifySecrets(job, examined) : examined;
  const all = { ...verified, problems: [...problems, ...verified.problems].toSorted(compareProblems) };
  return { report: await reportOf(job, gate, all), interrupted: examined.interrupted };
}

async function prepare(
  request: ScanRequest,
  target: Target,
  configuration: Configuration,
  now: Date,
): Promise<{ job: ScanJob; problems: readonly Problem[] }> {
  const families = await familySetups(request, configuration);
  const prepared = await prepareFamilies(families);
  const ignore = loadIgnoreFiles(configuration, folderOf(target));
  const job: ScanJob = {
    request,
    target,
    configuration,
    families,
    preparation: prepared.preparation,
    digest: prepared.digest,
    baseline: loadBaseline(configuration, request.baseline),
    ignoreFiles: ignore.files,
    git: createGit(),
    now,
  };
  return { job, problems: [...prepared.problems, ...ignore.problems] };
}

async function reportOf(job: ScanJob, gate: Gate, examined: Examination): Promise<ScanReport> {
  const { request, target, git, now, preparation } = job;
  const { findings, problems, coverage } = examined;
  const context = await policyContext(target.kind, folderOf(target), request.environment, git);
  const hit = new Set(findings.map(({ check }) => check));
  return {
    tool: { name: 'sluice', version: request.version },
    target,
    startedAt: wholeSeconds(now),
    endedAt: wholeSeconds(systemClock.now()),
    findings,
    problems,
    checks: preparation.checks.filter(({ id }) => hit.has(id)),
    coverage,
    verdict: gate.judge({ findings, problems, context, now }),
  };
}

const wholeSeconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
