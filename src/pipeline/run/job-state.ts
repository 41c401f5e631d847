import type { Git } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import type { Mount, Sandbox } from '#core/sandbox.ts';
import type { Annotation } from '../command/interpreter.ts';
import type { Contexts, Status } from '../expression/scope.ts';
import type { Masker } from '../mask/masker.ts';
import type { Step, Value } from '../workflow/model.ts';
import type { Changes } from './changes.ts';
import type { RunImage } from './image.ts';
import type { Layout } from './layout.ts';
import type { Conclusion } from './record.ts';
import type { SecretCounter } from './secrets.ts';
import type { StepLog } from './step-log.ts';
import type { TriggerEvent } from './trigger.ts';

/** What expressions can know of a step that has ended. */
export interface StepResult {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
}

/** Steps that see each other: those of a job, or those of one composite action. */
export interface Scope {
  readonly inputs: { readonly [key: string]: Value };
  readonly steps: Map<string, StepResult>;
  /** What the `github` context says here beside what it says everywhere. */
  readonly github: { readonly [key: string]: Value };
  /** The `env` of the steps that use the composite action: it outranks what `GITHUB_ENV` sets. */
  readonly env: Readonly<Record<string, string>>;
  status: Status;
  /** Composite actions within composite actions. */
  readonly depth: number;
}

/** Work at the end of the job, in reverse order of what asked for it. */
export interface Post {
  readonly name: string;
  readonly scope: Scope;
  readonly env: Readonly<Record<string, string>>;
  /** Answers whether it is to run, when its time comes. */
  readonly when: () => Promise<boolean>;
  readonly run: (step: StepRun) => Promise<void>;
}

/** What a built-in action may do on behalf of a job. */
export interface JobServices {
  readonly git: Git;
  /** The folder of the repository that the run is about. */
  readonly repository: string;
  readonly event: TriggerEvent;
  /** What is not committed, where the run is about the work tree as it is. */
  readonly changes: Changes | undefined;
  readonly now: () => Date;
}

/** An image that runs beside the job; who asked for it closes the sandbox. */
export interface Container {
  readonly image: RunImage;
  readonly sandbox: Sandbox;
}

/** One job while it runs. */
export interface JobState {
  readonly key: string;
  readonly layout: Layout;
  readonly sandbox: Sandbox;
  readonly masker: Masker;
  readonly secrets: SecretCounter;
  readonly services: JobServices;
  /** `github`, `needs`, `strategy`, `matrix`, `vars`, `runner`: what stays the same from step to step. */
  readonly contexts: Contexts;
  /** `env` of the workflow and of the job, and what `GITHUB_ENV` changed. */
  readonly env: Record<string, string>;
  /** Folders before the usual search path, the first one first. */
  readonly path: string[];
  readonly posts: Post[];
  /** Whether a program has run in the sandbox: until then nothing in its folders is of the job's making. */
  touched: boolean;
  /** Variables for actions, which scripts do not get: how to reach the services for artifacts and caches. */
  readonly runtime: Readonly<Record<string, string>>;
  /** The system of the job, as the host sees it: `/`, or the folder of an unpacked image. */
  readonly root: string;
  /** What its image sets, below everything else. */
  readonly imageEnv: Readonly<Record<string, string>>;
  /** A sandbox whose system is an image, with the folders of the job; `undefined` where the image is not here. */
  readonly container: (image: string) => Promise<Container | undefined>;
  readonly report: JobReport;
  /** Aborted when the job is cancelled; steps that run nevertheless afterwards get another one. */
  readonly signal: AbortSignal;
}

/** Where a job says what happens in it. */
export interface JobReport {
  annotate(step: number, annotation: Annotation): void;
  problem(problem: Problem): void;
  summarise(text: string): void;
  refuse(): void;
  notRun(): void;
  evidence(kind: 'scan' | 'tests', value: unknown): void;
}

export interface Execution {
  readonly argv: readonly [string, ...string[]];
  /** Beside the environment of the step. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the `github` context says for this program: which action it is of. */
  readonly github?: Scope['github'];
  /** Inside the sandbox; the workspace when not given. */
  readonly cwd?: string;
  readonly mounts?: readonly Mount[];
  /** Instead of that of the job: a container of its own. */
  readonly sandbox?: Sandbox;
  /** What the image of that container sets, instead of what that of the job does. */
  readonly imageEnv?: Readonly<Record<string, string>>;
}

/** A program of ours for a step: no commands in its output, no environment of the job. */
export interface Tool {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly mounts?: readonly Mount[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One step while it runs. */
export interface StepRun {
  readonly job: JobState;
  readonly scope: Scope;
  readonly number: number;
  readonly log: StepLog;
  /** The step's own `env`, with that of the steps around it. */
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Map<string, string>;
  readonly state: Map<string, string>;
  /** Milliseconds that are left. */
  readonly timeLeft: () => number;
  readonly signal: AbortSignal;
  readonly contexts: () => Contexts;
  /** Runs a program of the step to its end and takes what it said. */
  execute(execution: Execution): Promise<number>;
  /** Runs a program of ours; its exit code, and its standard output up to a mebibyte. */
  tool(tool: Tool): Promise<{ readonly code: number; readonly output: string }>;
  /** Runs the steps of a composite action. */
  within(scope: Scope, steps: readonly Step[]): Promise<void>;
}

/** Why a step could not go on: said in its log, and the step fails. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  /** Whether it could not be done here, rather than went wrong. */
  readonly problem: Problem | undefined;

  constructor(message: string, problem?: Problem) {
    super(message);
    this.problem = problem;
  }
}
