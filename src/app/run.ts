import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { createGit } from '#adapters/git.ts';
import { chooseDriver } from '#adapters/sandbox/choose.ts';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import type { SecretSource } from '#core/secret-source.ts';
import { EXIT, EXIT_INTERRUPTED } from '#core/verdict.ts';
import { startedBy } from '#pipeline/plan/triggers.ts';
import { type Changes, takeChanges } from '#pipeline/run/changes.ts';
import type { RunLogEvent, RunRecord } from '#pipeline/run/record.ts';
import { runAll } from '#pipeline/run/run.ts';
import { fixedSecrets, NO_SECRETS } from '#pipeline/run/secrets.ts';
import { RunStore } from '#pipeline/run/store.ts';
import { at, type RepositoryFacts, type TriggerEvent, triggerEvent } from '#pipeline/run/trigger.ts';
import type { Value, Workflow } from '#pipeline/workflow/model.ts';
import { type Configuration, loadConfiguration } from './configuration.ts';
import { prepareState } from './notary.ts';
import { repositoryOf } from './repository.ts';
import { repositoryFacts } from './repository-facts.ts';
import { recordJob } from './run-evidence.ts';
import { runSetting } from './run-setting.ts';
import { chooseWorkflow, usualEvent, workflowAt } from './run-workflow.ts';
import { openSecretSource } from './secrets.ts';
import { refuseExposure, refuseTrackedState } from './state-guard.ts';
import { readUserFile } from './user-file.ts';

export interface RunCommand {
  readonly folder: string;
  readonly workflow?: string;
  readonly job?: string;
  readonly event?: string;
  /** A file with what `github.event` is to be. */
  readonly eventFile?: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Below `env` of the workflow. */
  readonly env: Readonly<Record<string, string>>;
  /** Lines of `NAME=VALUE`, beside the sources of the configuration. */
  readonly secretFile?: string;
  readonly config?: string;
  readonly learn: boolean;
  readonly unsafe: boolean;
  /** Only the jobs of this run that did not succeed; `true` for the newest. */
  readonly rerun?: number | true;
  /** Whether somebody wants what steps print as it comes. */
  readonly lookOn: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly tell: (event: RunLogEvent) => void;
}

/**
 * 0 success, 1 a job failed or a gate refused, 3 where the only reason is that something could not be done here, 130
 * interrupted.
 */
export function exitCodeOfRun({ conclusion, jobs, problems }: RunRecord, interrupted: boolean): number {
  if (interrupted) return EXIT_INTERRUPTED;
  const failed = jobs.filter((job) => job.conclusion === 'failure');
  if (failed.some(({ notRun }) => !notRun)) return conclusion === 'success' ? incompleteIf(problems) : EXIT.refused;
  if (conclusion === 'failure') return EXIT.incomplete;
  return conclusion === 'cancelled' ? EXIT.refused : incompleteIf(problems);
}

/** A success whose evidence is missing is none. */
const incompleteIf = (problems: RunRecord['problems']): number => (problems.length === 0 ? EXIT.pass : EXIT.incomplete);

export type { RunLogEvent, RunRecord };

/** Where a run is kept. */
export interface RunResult {
  readonly record: RunRecord;
  readonly folder: string;
}

/**
 * Runs a workflow of the repository that a folder lies in, each job in a sandbox of its own, and keeps what happened.
 *
 * @throws SluiceError for what the user got wrong, before anything runs; `sandbox-missing` where nothing isolates
 */
export async function runWorkflowHere(command: RunCommand): Promise<RunResult> {
  const repository = repositoryOf(command.folder);
  const configuration = loadConfiguration(repository, command.config);
  const git = createGit();
  const store = new RunStore(join(repository, '.sluice'));
  const facts = await repositoryFacts(repository, configuration.config, git);
  if (/^0+$/.test(facts.sha)) {
    throw new SluiceError('no-commit', 'there is no commit to run a workflow of', { hint: 'Commit something first.' });
  }
  const earlier =
    command.rerun === undefined ? undefined : store.get(command.rerun === true ? undefined : command.rerun).record;
  const { workflow, event, workTree } = await whatToRun(command, repository, facts, git, earlier);
  const only = configuration.config.run.sandbox;
  const { driver } = chooseDriver({ unsafe: command.unsafe, ...(only === undefined ? {} : { only }) });
  refuseExposure(configuration, repository);
  prepareState(repository);
  await refuseTrackedState(repository, git);
  store.tidy();
  const folder = store.create();
  const changes = workTree ? await takeChanges(git, repository, facts.sha, join(folder.path, 'source')) : undefined;
  if (earlier !== undefined) refuseOtherSource(earlier, event.sha, changes, folder.path);
  const sockets = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  const secrets = event.trusted ? secretsOf(command, configuration, repository) : NO_SECRETS;
  const parts = {
    ...{ repository, configuration, git, driver, facts, event, changes, secrets, folder, sockets },
    ...{ learn: command.learn, lookOn: command.lookOn, version: command.version, attempt: (earlier?.attempt ?? 0) + 1 },
    env: command.env,
    variables: { ...configuration.config.run.variables, ...command.variables },
  };
  const setting = runSetting({
    ...parts,
    onJobEnd: (job) => recordJob(job, setting, command.version),
  });
  try {
    const token = (await secrets.get('GITHUB_TOKEN'))?.reveal() ?? '';
    const request = {
      ...{ workflow, inputs: command.inputs, token, problems: [], signal: command.signal },
      ...(command.job === undefined ? {} : { only: command.job }),
      ...(earlier === undefined ? {} : { rerunOf: earlier }),
    };
    const record = await runAll(request, setting, command.tell);
    store.retain(configuration.config.run.keep);
    return { record, folder: folder.path };
  } finally {
    rmSync(sockets, { recursive: true, force: true });
  }
}

/** Jobs that succeeded are not run again: what they were told of must be what the others now get. */
function refuseOtherSource({ id, source }: RunRecord, sha: string, changes: Changes | undefined, folder: string): void {
  if (source.sha === sha && source.changes === changes?.sha256) return;
  rmSync(folder, { recursive: true, force: true });
  const what = source.sha === sha ? 'what is not committed has changed' : `it was of ${source.sha.slice(0, 12)}`;
  throw new SluiceError('source-changed', `only what failed of run ${id} cannot run again: ${what}`, {
    hint: 'Go back to that source, or run everything without --rerun-failed.',
  });
}

interface What {
  readonly workflow: Workflow;
  readonly event: TriggerEvent;
  readonly workTree: boolean;
}

async function whatToRun(
  command: RunCommand,
  repository: string,
  facts: RepositoryFacts,
  git: Git,
  earlier: RunRecord | undefined,
): Promise<What> {
  const workflow =
    earlier === undefined
      ? chooseWorkflow(repository, command.workflow, command.event)
      : workflowAt(repository, earlier.workflow.file);
  const name = command.event ?? earlier?.event.name ?? usualEvent(workflow);
  const payload = command.eventFile === undefined ? undefined : payloadOf(command.eventFile);
  const event = triggerEvent(name, payload, facts, command.inputs);
  if (payload === undefined) return { workflow, event, workTree: true };
  refuseUnstarted(workflow, event);
  return { workflow, event: { ...event, sha: await existing(git, repository, event) }, workTree: false };
}

/** What really happened may not start the workflow; what a person only says happened starts it whatever its filters. */
function refuseUnstarted(workflow: Workflow, { name, ref, baseRef, payload }: TriggerEvent): void {
  const { action } = payload;
  const happened = { name, ref: baseRef === '' ? ref : `refs/heads/${baseRef}` };
  const { starts, reason } = startedBy(workflow, {
    ...happened,
    ...(typeof action === 'string' ? { type: action } : {}),
  });
  if (!starts) throw new SluiceError('workflow-not-started', `the event does not start ${workflow.file}: ${reason}`);
}

function payloadOf(file: string): { readonly [key: string]: Value } {
  let value: unknown;
  try {
    value = JSON.parse(readUserFile(file, 'payload-not-found'));
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw new SluiceError('payload-invalid', `${file} is no JSON`, { cause, hint: 'It holds what a webhook sends.' });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as { [key: string]: Value };
  throw new SluiceError('payload-invalid', `${file} holds no JSON object`, { hint: 'It holds what a webhook sends.' });
}

/** The commit of the event; of a pull request whose merge is not here, its head. */
async function existing(git: Git, cwd: string, { sha, payload }: TriggerEvent): Promise<string> {
  const head = at(payload, 'pull_request', 'head', 'sha');
  for (const candidate of [sha, head]) {
    if (typeof candidate !== 'string' || !/^[0-9a-f]{40}$/.test(candidate)) continue;
    try {
      await git.run(['cat-file', '-e', `${candidate}^{commit}`], { cwd });
      return candidate;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    }
  }
  throw new SluiceError('commit-missing', 'the commit of the event is not in this repository', {
    hint: 'Fetch it first.',
  });
}

/** A file of the command line comes before what the configuration names. */
function secretsOf(command: RunCommand, configuration: Configuration, repository: string): SecretSource {
  const source = openSecretSource(configuration, repository, { clock: systemClock, environment: command.environment });
  if (command.secretFile === undefined) return source;
  const own = fixedSecrets(pairsOf(readUserFile(command.secretFile, 'secret-file-not-found')));
  return {
    get: async (name, scope) => (await own.get(name)) ?? (await source.get(name, scope)),
    names: async (scope) => [...new Set([...(await own.names()), ...(await source.names(scope))])],
  };
}

const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const equals = line.indexOf('=');
      return equals <= 0 || line.startsWith('#') ? [] : [[line.slice(0, equals).trim(), line.slice(equals + 1)]];
    }),
  );
