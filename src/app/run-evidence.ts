import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { SluiceError } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import { Refusal } from '#core/refusal.ts';
import type { ResourceDescriptor, Statement, Subject } from '#core/statement.ts';
import { predicateName } from '#evidence/statements/parse.ts';
import { type Provenance, provenanceStatement } from '#evidence/statements/provenance.ts';
import { scanStatement } from '#evidence/statements/scan.ts';
import { type TestResult, testStatement } from '#evidence/statements/tests.ts';
import type { JobTests } from '#pipeline/action/builtin/tests.ts';
import type { FinishedJob, RunSetting } from '#pipeline/run/setting.ts';
import { filesOfArchive } from '#pipeline/service/archive-files.ts';
import { openNotary } from './notary.ts';
import type { WorkspaceScan } from './run-scan.ts';

const BUILD_TYPE = 'urn:sluice:build:workflow-job:v1';
/** Of an artifact with more files, only the archive as a whole has a name. */
const MOST_FILES = 1_000;
const BUILDER = 'urn:sluice:builder:local-runner';

type Known = Pick<RunSetting, 'facts' | 'event' | 'identity' | 'folder' | 'repository' | 'changes' | 'artifacts'>;

/**
 * Says in signed statements what a job did: how its artifacts (or, where it made none, its source) came to be, and how the
 * scans and tests of its source ended. They go into the ledger and into the folder of the run. The key is the user's; no sandbox sees it.
 *
 * @returns what could not be recorded
 */
export async function recordJob(job: FinishedJob, run: Known, version: string): Promise<readonly Problem[]> {
  if (job.record.steps.length === 0) return [];
  try {
    const statements = await statementsOf(job, run, version);
    const notary = await openNotary(run.repository, { clock: systemClock });
    const { bundles } = await notary.record(statements);
    const folder = join(run.folder.path, 'evidence');
    mkdirSync(folder, { recursive: true });
    for (const [index, bundle] of bundles.entries()) {
      const kind = predicateName(statements[index]?.predicateType ?? '');
      const name = job.record.key
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '');
      writeFileSync(join(folder, `${name}.${index}-${kind}.sigstore.json`), `${JSON.stringify(bundle)}\n`);
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

async function statementsOf(job: FinishedJob, run: Known, version: string): Promise<readonly Statement[]> {
  const source = [sourceOf(run)];
  const made = await artifactsOf(job, run);
  const { workflow, record } = job;
  const configuration = { uri: `file:${workflow.file}#${record.key}`, digest: { sha256: workflow.sha256 } };
  return [
    provenanceStatement(made.length === 0 ? source : made, provenanceOf(job, run, version)),
    ...(job.scans as readonly WorkspaceScan[]).map(({ summary }) => scanStatement(source, summary)),
    ...job.tests.map((tests) => testStatement(source, testsSaid(tests, configuration))),
  ];
}

/** Each artifact as it is stored, and each file in it as it will be taken out. */
async function artifactsOf(job: FinishedJob, { artifacts }: Known): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const artifact of job.artifacts) {
    subjects.push({ name: `${artifact.name}.zip`, digest: { sha256: artifact.sha256 } });
    const files = await filesOfArchive(artifacts.fileOf(artifact), MOST_FILES);
    for (const { path, sha256 } of files) subjects.push({ name: `${artifact.name}/${path}`, digest: { sha256 } });
  }
  return subjects;
}

function testsSaid({ name, passed, failed, finishedOn }: JobTests, configuration: ResourceDescriptor): TestResult {
  return {
    result: failed.length === 0 ? 'PASSED' : 'FAILED',
    configuration: [{ name, ...configuration }],
    passedTests: passed,
    failedTests: failed,
    sluice_finishedOn: finishedOn,
  };
}

/** A commit is the name of its source only while nothing is changed beside it. */
function sourceOf({ facts, event, changes }: Known): Subject {
  const digest = changes === undefined ? { gitCommit: event.sha } : { sha256: changes.sha256 };
  return { name: `git+${facts.server}/${facts.name}`, digest };
}

function provenanceOf(job: FinishedJob, run: Known, version: string): Provenance {
  const { record, workflow, matrix, inputs, driver } = job;
  const { event, facts, identity } = run;
  const { name, digest } = sourceOf(run);
  const commit = { uri: `${name}@${event.ref}`, digest: { gitCommit: event.sha } };
  const sources = run.changes === undefined ? [commit] : [{ uri: `${name}@${event.ref}#changed`, digest }, commit];
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
        ...sources,
        { name: workflow.file, uri: `file:${workflow.file}`, digest: { sha256: workflow.sha256 } },
        ...job.uses.flatMap(actionOf),
        ...job.images.map(({ name, digest }) => ({
          name,
          uri: `docker:${name}`,
          digest: { sha256: digest.replace('sha256:', '') },
        })),
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
function internal(job: FinishedJob, { event, changes }: Known) {
  const { record, driver, network, limits, environment, secrets, seen } = job;
  const connections = seen.filter(({ kind }) => kind === 'connection');
  return {
    sandbox: { driver: driver.name, isolated: driver.name !== 'none' },
    network: { mode: network.mode, allow: [...network.allow] },
    limits: { ...limits },
    conclusion: record.conclusion,
    trusted: event.trusted,
    /** The work tree held what is in no commit: the source is not what its commit says. */
    sourceChanged: changes !== undefined,
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
