import { z } from 'zod';

/*
 * What is kept of a run, and what is told while it runs: `run.json` and `events.jsonl` of its folder, and the stream of
 * `sluice run --json`. Published as `schemas/run.schema.json` and `schemas/run-event.schema.json`. Every text that a job
 * chose has been masked before it comes here.
 */

const conclusion = z.enum(['success', 'failure', 'cancelled', 'skipped']);

/** How a job or step ended. `outcome` is before `continue-on-error`, `conclusion` after it. */
export type Conclusion = z.infer<typeof conclusion>;

const milliseconds = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const problem = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  path: z.string().optional(),
  line: z.int().optional(),
});

const annotation = z.object({
  level: z.enum(['error', 'warning', 'notice']),
  message: z.string(),
  title: z.string().optional(),
  file: z.string().optional(),
  line: z.int().optional(),
  endLine: z.int().optional(),
  column: z.int().optional(),
  endColumn: z.int().optional(),
});

const step = z.object({
  number: z.int().min(1),
  name: z.string(),
  id: z.string().optional(),
  outcome: conclusion,
  conclusion,
  ms: milliseconds,
  log: z.string().optional().describe('Its log, relative to the folder of the run.'),
  logSha256: sha256.optional(),
});

const jobRecord = z.object({
  key: z.string().describe('Names it within the run: the id, with the values of its matrix where it has one.'),
  id: z.string(),
  name: z.string(),
  conclusion,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  outputs: z.record(z.string(), z.string()),
  steps: z.array(step),
  annotations: z.array(annotation),
  problems: z.array(problem),
  summary: z.string().optional().describe('Markdown that its steps wrote, relative to the folder of the run.'),
  refused: z.boolean().default(false).describe('Whether a gate refused it.'),
  notRun: z.boolean().default(false).describe('Whether it could not be run here; its problems say why.'),
  reused: z.int().optional().describe('The run that it was taken from, when only failed jobs ran again.'),
});

const artifact = z.object({ name: z.string(), bytes: z.int().min(0), sha256, job: z.string() });

export const runSchema = z.object({
  version: z.literal(1),
  id: z.int().min(1),
  attempt: z.int().min(1),
  rerunOf: z.int().optional(),
  pid: z.int().describe('The process that runs it; a run without an end whose process is gone was interrupted.'),
  workflow: z.object({ name: z.string(), file: z.string(), sha256 }),
  event: z.object({ name: z.string(), file: z.string(), inputs: z.record(z.string(), z.string()) }),
  trusted: z.boolean(),
  source: z.object({
    repository: z.string(),
    ref: z.string(),
    sha: z.string(),
    changed: z.boolean(),
    changes: sha256.optional().describe('The digest of what was not committed, copied into `source`.'),
  }),
  driver: z.object({ name: z.string(), version: z.string() }),
  only: z.string().optional().describe('The one job that was asked for, with what it needs.'),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  conclusion: conclusion.optional(),
  jobs: z.array(jobRecord),
  artifacts: z.array(artifact),
  problems: z.array(problem),
});

export type RunRecord = z.infer<typeof runSchema>;
export type JobRecord = z.infer<typeof jobRecord>;
export type StepRecord = z.infer<typeof step>;
export type AnnotationRecord = z.infer<typeof annotation>;

const base = { at: z.iso.datetime(), run: z.int().min(1) };
const inJob = { ...base, job: z.string() };
const inStep = { ...inJob, step: z.int().min(0) };

export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run-started'),
    version: z.literal(1),
    ...base,
    workflow: z.string(),
    event: z.string(),
    trusted: z.boolean(),
    jobs: z
      .array(z.object({ id: z.string(), needs: z.array(z.string()) }))
      .optional()
      .describe('The jobs of its file, in their order, and what each waits for.'),
  }),
  z.object({ type: z.literal('job-started'), ...inJob, name: z.string() }),
  z.object({ type: z.literal('step-started'), ...inStep, name: z.string() }),
  z.object({ type: z.literal('log'), ...inStep, text: z.string() }),
  z.object({ type: z.literal('annotation'), ...inStep, annotation }),
  z.object({ type: z.literal('step-ended'), ...inStep, outcome: conclusion, conclusion, ms: milliseconds }),
  z.object({
    type: z.literal('seen'),
    ...inJob,
    seen: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  z.object({ type: z.literal('problem'), ...base, job: z.string().optional(), problem }),
  z.object({ type: z.literal('job-ended'), ...inJob, conclusion, ms: milliseconds, reused: z.int().optional() }),
  z.object({ type: z.literal('run-ended'), ...base, conclusion, ms: milliseconds }),
]);

export type RunLogEvent = z.infer<typeof runEventSchema>;

type WithoutBase<T> = T extends unknown ? Omit<T, 'at' | 'run'> : never;
/** An event before the run adds when, and of which run. */
export type RunLogEntry = WithoutBase<RunLogEvent>;
