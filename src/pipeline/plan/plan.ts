import { SluiceError } from '#core/error.ts';
import type { Contexts } from '../expression/scope.ts';
import type { Job, Permissions, Workflow } from '../workflow/model.ts';
import { layersOf } from '../workflow/needs.ts';
import { type CalledFile, resolveCall } from './call.ts';
import { Findings } from './findings.ts';
import { checkKeys, type Decision, decide, knownNumber, planMatrix } from './job.ts';
import { knownValue, shownText } from './known.ts';
import { exceeding, permissionsOf } from './permissions.ts';
import type { Origin, PlanPorts } from './ports.ts';
import type { Plan, PlannedJob, PlannedMatrix, PlannedWorkflow } from './schema.ts';
import { secretsOfJob, sorted } from './secrets.ts';
import { shown } from './shown.ts';
import { given } from './step.ts';
import { planSteps } from './steps-job.ts';
import { type HappenedEvent, startedBy } from './triggers.ts';

export interface PlanRequest {
  readonly event: HappenedEvent;
  /** Whether the code comes from people of this repository: code that does not gets no secrets and may only read. */
  readonly trusted: boolean;
  /** What is known before the run: `github`, `inputs`, `vars`. What is left out is decided at run time. */
  readonly contexts: Contexts;
  readonly ports: PlanPorts;
}

/** More jobs than any machine runs. */
const MAX_JOBS = 10_000;

/**
 * What a workflow would do here for an event, and what stands in the way.
 *
 * @throws SluiceError what is wrong in the files: `matrix-invalid`, `matrix-too-large`, `call-cyclic`, `call-too-deep`,
 * `call-invalid`, `too-many-jobs`, and the mistakes of called workflows
 */
export async function planWorkflow(workflow: Workflow, request: PlanRequest): Promise<Plan> {
  const findings = new Findings();
  const { event, trusted, contexts } = request;
  const planning: Planning = {
    ...request,
    chain: [{ file: workflow.file, origin: {} }],
    findings,
    count: { jobs: 0, steps: 0 },
  };
  const planned = await planJobs(workflow, planning);
  const { obstacles, withheld } = findings;
  return {
    version: 1,
    workflow: planned,
    event: { name: event.name, ref: event.ref, trusted },
    ...startedBy(workflow, event),
    ...(workflow.concurrency === undefined ? {} : { concurrency: shownText(workflow.concurrency.group, contexts) }),
    obstacles,
    withheld,
    runnable: obstacles.every(({ severity }) => severity !== 'blocks'),
    totals: planning.count,
  };
}

interface Planning extends PlanRequest {
  readonly chain: readonly CalledFile[];
  readonly findings: Findings;
  readonly atMost?: Permissions;
  /** The job that called, when a workflow is called. */
  readonly caller?: Job;
  readonly count: { jobs: number; steps: number };
}

async function planJobs(workflow: Workflow, planning: Planning): Promise<PlannedWorkflow> {
  const layers = layersOf(workflow.jobs);
  const decisions = new Map<string, Decision>();
  const planned = new Map<string, PlannedJob>();
  for (const job of layers.flat()) {
    const decision = decide(
      job,
      planning.contexts,
      job.needs.map((need) => decisions.get(need)),
    );
    decisions.set(job.id, decision);
    planned.set(job.id, await planJob(workflow, job, decision, planning));
  }
  return {
    name: workflow.name,
    file: workflow.file,
    sha256: workflow.sha256,
    layers: layers.map((layer) => layer.map(({ id }) => id)),
    jobs: workflow.jobs.flatMap(({ id }) => planned.get(id) ?? []),
  };
}

async function planJob(workflow: Workflow, job: Job, decision: Decision, planning: Planning): Promise<PlannedJob> {
  // What is in the way of a job that does not run is in nobody's way.
  const findings = decision === 'skipped' ? new Findings() : planning.findings.forJob(job.id);
  const matrix = planMatrix(job, planning.contexts);
  const times = matrix.kind === 'fixed' ? matrix.combinations.length : 1;
  checkKeys(workflow, job, findings);
  checkPermissions(workflow, job, { ...planning, findings });
  const permissions = permissionsOf(workflow, job, planning) as Record<string, 'read' | 'write'>;
  const inner = { ...planning, findings, atMost: permissions, caller: job };
  const common = { ...commonOf(job, decision, matrix, planning.contexts), permissions };
  if (job.kind === 'call') {
    const called = await planCall(job, inner);
    const secrets = given(secretsOfJob(job), planning.trusted, findings);
    return { kind: 'call', ...common, secrets, uses: job.uses, ...(called === undefined ? {} : { workflow: called }) };
  }
  count(planning, times, times * job.steps.length, job);
  const origin: Origin = planning.chain.at(-1)?.origin ?? {};
  const part = await planSteps({ workflow, job, origin, ...inner }, matrix);
  const outside = given(secretsOfJob(job), planning.trusted, findings);
  return {
    kind: 'steps',
    ...common,
    secrets: sorted([...outside, ...part.steps.flatMap(({ secrets }) => secrets)]),
    ...part,
  };
}

/**
 * A called workflow never has more than its caller. The platform may refuse one that asks for more, by the settings of the
 * repository; here it gets less than it asks for.
 */
function checkPermissions(workflow: Workflow, job: Job, { atMost, caller, findings, trusted }: Planning): void {
  const asked = job.permissions ?? workflow.permissions;
  if (asked === undefined || atMost === undefined || caller === undefined || !trusted) return;
  const more = exceeding(asked, atMost);
  if (more === undefined) return;
  const what = `\`${more.scope}: ${more.access}\``;
  const message = `\`${job.id}\` of \`${workflow.file}\` asks for ${what}, which its caller does not have`;
  const hint = `Give it to the job \`${caller.id}\` under \`permissions\`.`;
  findings.degrades('permissions-reduced', caller.at, message, hint);
}

async function planCall(job: Extract<Job, { kind: 'call' }>, planning: Planning): Promise<PlannedWorkflow | undefined> {
  const { chain, contexts, ports, findings } = planning;
  const called = await resolveCall(job, chain, contexts, ports, findings);
  if (called === undefined) {
    count(planning, 1, 0, job);
    return undefined;
  }
  const { workflow, origin } = called;
  return planJobs(workflow, {
    ...planning,
    contexts: called.contexts,
    chain: [...chain, { file: workflow.file, origin }],
  });
}

function count({ count: total }: Planning, jobs: number, steps: number, { id, at }: Job): void {
  total.jobs += jobs;
  total.steps += steps;
  if (total.jobs <= MAX_JOBS) return;
  throw new SluiceError('too-many-jobs', `with \`${id}\` this workflow has more than ${MAX_JOBS} jobs`, {
    at,
    hint: 'Divide it.',
  });
}

function commonOf(job: Job, decision: Decision, matrix: PlannedMatrix, contexts: Contexts) {
  const failFast = job.strategy.failFast === undefined ? true : knownValue(job.strategy.failFast, contexts) !== false;
  const maxParallel = knownNumber(job, contexts);
  return {
    id: job.id,
    name: job.name === undefined ? job.id : shownText(job.name, contexts),
    at: job.at,
    needs: [...job.needs],
    decision,
    ...(job.if.text === 'success()' ? {} : { condition: shown(job.if.text) }),
    matrix,
    failFast,
    ...(maxParallel === undefined ? {} : { maxParallel }),
    ...(job.concurrency === undefined ? {} : { concurrency: shownText(job.concurrency.group, contexts) }),
  };
}
