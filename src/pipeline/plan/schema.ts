import { z } from 'zod';

/** A plan, as `sluice plan --json` prints it. The same schema types it, and `schemas/plan.schema.json` is made from it. */

const place = z
  .object({ file: z.string(), line: z.int().min(1).optional(), column: z.int().min(1).optional() })
  .describe('Lines and columns count from 1, columns in UTF-16 code units.');

const names = z.array(z.string());
const value = z.json();

export const obstacleSchema = z
  .object({
    code: z.string().describe('Stable: `runner-unavailable`, `action-not-pinned`, …'),
    severity: z
      .enum(['blocks', 'degrades'])
      .describe('`blocks`: it cannot run here. `degrades`: it runs, and something is missing.'),
    job: z.string().describe('The id of the job, with those of the calls that lead to it: `release/build`.'),
    step: z.int().min(1).optional().describe('Which step, from 1.'),
    combinations: names.optional().describe('Only these jobs of the matrix.'),
    at: place,
    message: z.string(),
    hint: z.string().optional(),
  })
  .describe('Something that cannot be done here, and where the file asks for it.');

const artifact = z.object({
  kind: z.enum(['artifact', 'cache']),
  direction: z.enum(['read', 'write', 'both']),
  name: z.string().describe('As written: the name of an artifact, the key of a cache.'),
});

const action = z.object({
  uses: z.string(),
  kind: z.enum(['built-in', 'local', 'remote', 'image']),
  commit: z.string().optional().describe('The commit it is pinned to.'),
  runs: z
    .enum(['node', 'composite', 'docker', 'unknown'])
    .describe('What its `action.yml` says; `unknown` where there is none to read.'),
});

const step = z.object({
  name: z.string(),
  id: z.string().optional(),
  at: place,
  condition: z.string().optional().describe('Its `if`, as written.'),
  action: action.optional(),
  secrets: names.describe(
    'Secrets that it gets, by name; `*` when the name is computed. `GITHUB_TOKEN` is the token of the run.',
  ),
  stores: z.array(artifact).describe('Artifacts and caches that it reads or writes.'),
});

const combination = z.object({
  name: z.string(),
  values: z.record(z.string(), value),
  runsOn: names.describe('Empty when it is decided at run time.'),
});

const matrix = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('fixed'), combinations: z.array(combination) }),
  z.object({ kind: z.literal('run-time'), reason: z.string() }).describe('Decided when the jobs it needs are done.'),
]);

const container = z.object({ name: z.string(), image: z.string() });

const jobFields = {
  id: z.string(),
  name: z.string(),
  at: place,
  needs: names,
  decision: z
    .enum(['runs', 'skipped', 'run-time'])
    .describe('What its `if` says for this event, when everything it needs succeeds.'),
  condition: z.string().optional().describe('Its `if`, as written.'),
  matrix,
  failFast: z.boolean(),
  maxParallel: z.int().min(1).optional(),
  concurrency: z.string().optional(),
  permissions: z
    .record(z.string(), z.enum(['read', 'write']))
    .describe('Of the token of the run; what is not named is not allowed.'),
  secrets: names.describe('All that its steps get.'),
};

const stepsJob = z.object({
  kind: z.literal('steps'),
  ...jobFields,
  runsOn: z.string(),
  environment: z.string().optional(),
  timeoutMinutes: z.string().optional(),
  containers: z.array(container).describe('The job’s own (named `job`), and its services.'),
  network: names.describe('Hosts that it may reach, from sluice.yaml; everything else is closed.'),
  outputs: names,
  steps: z.array(step),
});

const callJob = z.object({
  kind: z.literal('call'),
  ...jobFields,
  uses: z.string(),
  get workflow() {
    return called.optional();
  },
});

const job: z.ZodDiscriminatedUnion<[typeof stepsJob, typeof callJob]> = z.discriminatedUnion('kind', [
  stepsJob,
  callJob,
]);

const called = z
  .object({
    name: z.string(),
    file: z.string(),
    sha256: z.string(),
    layers: z.array(names).describe('Ids of jobs: each layer needs only earlier ones.'),
    get jobs() {
      return z.array(job);
    },
  })
  .meta({ id: 'workflow', description: 'A workflow and its jobs, in the order of the file.' });

export const planSchema = z
  .object({
    version: z.literal(1),
    workflow: called,
    event: z.object({ name: z.string(), ref: z.string(), trusted: z.boolean() }),
    starts: z.boolean().describe('Whether the event starts the workflow.'),
    reason: z.string(),
    concurrency: z.string().optional(),
    obstacles: z.array(obstacleSchema).describe('By place.'),
    withheld: names.describe('Secrets that are named and not given, since the code is not trusted.'),
    runnable: z.boolean().describe('Whether nothing blocks it.'),
    totals: z.object({
      jobs: z.int().describe('With every combination of a matrix; one for each that is decided at run time.'),
      steps: z.int(),
    }),
  })
  .describe('What a workflow would do here.');

/** What `sluice plan --json` prints: a plan for each workflow that can be read, and the mistakes of the others. */
export const planReportSchema = z
  .object({
    version: z.literal(1),
    plans: z.array(planSchema),
    invalid: z.array(
      z.object({
        file: z.string(),
        mistakes: z.array(
          z.object({ code: z.string(), message: z.string(), hint: z.string().optional(), at: place.optional() }),
        ),
      }),
    ),
  })
  .describe('Plans of workflows.');

export type PlanReport = z.infer<typeof planReportSchema>;
export type Plan = z.infer<typeof planSchema>;
export type PlannedWorkflow = z.infer<typeof called>;
export type PlannedJob = z.infer<typeof job>;
export type PlannedStepsJob = z.infer<typeof stepsJob>;
export type PlannedStep = z.infer<typeof step>;
export type PlannedMatrix = z.infer<typeof matrix>;
export type Obstacle = z.infer<typeof obstacleSchema>;
export type StoreUse = z.infer<typeof artifact>;
export type ActionUse = z.infer<typeof action>;
