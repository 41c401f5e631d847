import { systemClock } from '#adapters/clock.ts';
import { createGit } from '#adapters/git.ts';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import { compareProblems, type Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import type { Target } from '#core/target.ts';
import type { Verdict } from '#core/verdict.ts';
import { withinBudget } from '#engine/guard.ts';
import { BudgetSpent } from '#engine/trouble.ts';
import type { Evidence, Gate } from '#gate/gate.ts';
import { loadBaseline } from './baseline-file.ts';
import { commitIndex } from './commit-index.ts';
import { concealNames } from './conceal.ts';
import { type Configuration, loadConfiguration, loadGate } from './configuration.ts';
import { policyContext } from './context.ts';
import { familySetups } from './family-options.ts';
import type { Examination, ScanJob, ScanOutcome, ScanRequest } from './job.ts';
import { prepareFamilies } from './parts.ts';
import { scanFiles } from './scan-files.ts';
import { scanHistory } from './scan-history.ts';
import { loadIgnoreFiles } from './suppressions.ts';
import { folderOf, targetOf } from './target.ts';
import { verifySecrets } from './verification.ts';

const POLICY_BUDGET_MS = 10_000;

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
  const shown = concealNames(all, job.preparation);
  return { report: await reportOf(job, gate, shown), interrupted: examined.interrupted };
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
    get digest() {
      return prepared.digest;
    },
    baseline: loadBaseline(configuration, request.baseline),
    ignoreFiles: ignore.files,
    git: await gitFor(target, request),
    now,
  };
  return { job, problems: [...prepared.problems, ...ignore.problems, ...unlooked(job)] };
}

/** A scan with no check at all finds nothing, and must not pass for one that found nothing. */
const unlooked = ({ preparation: { checks } }: ScanJob): Problem[] =>
  checks.length > 0
    ? []
    : [{ code: 'no-checks', message: 'No check takes part in this scan.', hint: 'Look at `secrets` in sluice.yaml.' }];

async function gitFor(target: Target, { environment }: ScanRequest): Promise<Git> {
  const git = createGit();
  if (target.kind !== 'staged') return git;
  const indexFile = await commitIndex(git, folderOf(target), environment);
  return indexFile === undefined ? git : createGit({ indexFile });
}

async function reportOf(job: ScanJob, gate: Gate, examined: Examination): Promise<ScanReport> {
  const { request, target, git, now, preparation } = job;
  const { findings, problems, coverage } = examined;
  const context = await policyContext(target.kind, folderOf(target), request.environment, git);
  const hit = new Set(findings.map(({ check }) => check));
  return {
    tool: { name: 'sluice', version: request.version },
    target: withoutCredentials(target),
    startedAt: wholeSeconds(now),
    endedAt: wholeSeconds(systemClock.now()),
    findings,
    problems,
    checks: preparation.checks.filter(({ id }) => hit.has(id)),
    coverage,
    verdict: judge(gate, { findings, problems, context, now }),
  };
}

/** A policy may come with the change it judges, and a pattern in it may have no end. */
function judge(gate: Gate, evidence: Evidence): Verdict {
  let verdict: Verdict | undefined;
  try {
    withinBudget(() => {
      verdict = gate.judge(evidence);
    }, POLICY_BUDGET_MS);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    throw new SluiceError(
      'policy-too-slow',
      `the policy took more than ${POLICY_BUDGET_MS / 1_000} s to judge this scan`,
      {
        hint: 'Look for a pattern in `matches` that repeats a repeat, or for lists within lists.',
      },
    );
  }
  return verdict as Verdict;
}

/** Who may read a report need not know the password or token with which its repository was cloned. */
function withoutCredentials(target: Target): Target {
  return target.kind === 'url' ? { ...target, url: target.url.replace(/:\/\/(?!git@)[^/]*@/, '://********@') } : target;
}

const wholeSeconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
