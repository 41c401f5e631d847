import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { SluiceError } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import { Refusal } from '#core/refusal.ts';
import type { Statement, Subject } from '#core/statement.ts';
import { type Provenance, provenanceStatement } from '#evidence/statements/provenance.ts';
import { scanStatement } from '#evidence/statements/scan.ts';
import type { FinishedJob, RunSetting } from '#pipeline/run/setting.ts';
import { openNotary } from './notary.ts';
import type { WorkspaceScan } from './run-scan.ts';

const BUILD_TYPE = 'urn:sluice:build:workflow-job:v1';
const BUILDER = 'urn:sluice:builder:local-runner';

type Known = Pick<RunSetting, 'facts' | 'event' | 'identity' | 'folder' | 'repository' | 'changed' | 'workTree'>;

/**
 * Says in signed statements what a job did: how its artifacts (or, where it made none, its source) came to be, and what
 * its scans found. They go into the ledger and into the folder of the run. The key is the user's; no sandbox sees it.
 *
 * @returns what could not be recorded
 */
export async function recordJob(job: FinishedJob, run: Known, version: string): Promise<readonly Problem[]> {
  if (job.record.steps.length === 0) return [];
  const statements = statementsOf(job, run, version);
  try {
    const notary = await openNotary(run.repository, { clock: systemClock });
    const { bundles } = await notary.record(statements);
    const folder = join(run.folder.path, 'evidence');
    mkdirSync(folder, { recursive: true });
    for (const [index, bundle] of bundles.entries()) {
      const kind = index === 0 ? 'provenance' : `scan-${index}`;
      const name = job.record.key
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '');
      writeFileSync(join(folder, `${name}.${kind}.sigstore.json`), `${JSON.stringify(bundle)}\n`);
    }
    return [];
  } catch (error) {
    if (!(error instanceof SluiceError || error instanceof Refusal)) throw error;
    return [
      {
        code: 'evidence-not-recorded',
        message: `What the job ${job.record.key} did is not in the ledger: ${error.message}`,
      },
    ];
  }
}

function statementsOf(job: FinishedJob, run: Known, version: string): readonly Statement[] {
  const subjects = subjectsOf(job, run);
  const scans = (job.scans as readonly WorkspaceScan[]).map(({ summary }) => scanStatement(subjects, summary));
  return [provenanceStatement(subjects, provenanceOf(job, run, version)), ...scans];
}

function subjectsOf({ artifacts }: FinishedJob, run: Known): readonly Subject[] {
  if (artifacts.length === 0) return [sourceOf(run)];
  return artifacts.map(({ name, sha256 }) => ({ name: `${name}.zip`, digest: { sha256 } }));
}

const sourceOf = ({ facts, event }: Known): Subject => ({
  name: `git+${facts.server}/${facts.name}`,
  digest: { gitCommit: event.sha },
});

function provenanceOf(job: FinishedJob, run: Known, version: string): Provenance {
  const { record, workflow, matrix, inputs, driver } = job;
  const { event, facts, identity } = run;
  const source = { uri: `git+${facts.server}/${facts.name}@${event.ref}`, digest: { gitCommit: event.sha } };
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        workflow: { path: workflow.file, ref: event.ref, repository: `${facts.server}/${facts.name}` },
        ...{ job: record.id, event: event.name, inputs: json(inputs) },
        ...(matrix === undefined ? {} : { matrix: json(matrix) }),
      },
      internalParameters: internal(job, run),
      resolvedDependencies: [
        source,
        { name: workflow.file, uri: `file:${workflow.file}`, digest: { sha256: workflow.sha256 } },
        ...job.uses.flatMap(actionOf),
      ],
    },
    runDetails: {
      builder: { id: BUILDER, version: { sluice: version, [driver.name]: driver.version } },
      metadata: {
        invocationId: `run-${identity.id}/attempt-${identity.attempt}/${record.key}`,
        ...{ startedOn: record.startedAt, finishedOn: record.endedAt },
      },
      byproducts: record.steps.flatMap(logOf),
    },
  };
}

/** Whatever somebody who trusts the build must know of how it ran. */
function internal(job: FinishedJob, { event, changed, workTree }: Known) {
  const { record, driver, network, limits, environment, secrets, seen } = job;
  const connections = seen.filter(({ kind }) => kind === 'connection');
  return {
    sandbox: { driver: driver.name, isolated: driver.name !== 'none' },
    network: { mode: network.mode, allow: [...network.allow] },
    limits: { ...limits },
    conclusion: record.conclusion,
    trusted: event.trusted,
    /** The work tree held what is in no commit: the source is not what its commit says. */
    sourceChanged: workTree && changed,
    environment: [...environment],
    secrets: [...secrets],
    seen: {
      connections: connections.length,
      refused: connections.filter((one) => one.kind === 'connection' && !one.allowed).length,
      processes: seen.filter(({ kind }) => kind === 'process').length,
      files: seen.filter(({ kind }) => kind === 'file').length,
    },
  };
}

type Resource = NonNullable<Provenance['buildDefinition']['resolvedDependencies']>[number];

function actionOf(uses: string): Resource[] {
  const [, name, commit] = /^([\w./-]{1,300})@([0-9a-f]{40})$/.exec(uses) ?? [];
  return name === undefined || commit === undefined
    ? []
    : [{ name, uri: `git+action:${name}`, digest: { gitCommit: commit } }];
}

const logOf = ({ log, logSha256 }: FinishedJob['record']['steps'][number]): Resource[] =>
  log === undefined || logSha256 === undefined
    ? []
    : [{ name: log, digest: { sha256: logSha256 }, mediaType: 'text/plain' }];

/** As JSON holds it: what has no form there is left out. */
const json = (value: unknown): Values => JSON.parse(JSON.stringify(value)) as Values;

type Values = Provenance['buildDefinition']['externalParameters'];
