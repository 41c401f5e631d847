import type { FilePosition } from '#core/error.ts';

/**
 * A workflow as the rest of the pipeline sees it: made from the text by `./read.ts`, with every default and every
 * shorthand resolved, and every text that may hold `${{ }}` kept as a {@link Template} until its contexts are known.
 */
export interface Workflow {
  readonly name: string;
  /** Relative to the repository, with `/`. */
  readonly file: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  readonly runName?: Template;
  readonly triggers: readonly Trigger[];
  readonly env: TemplateMap;
  readonly defaults: Defaults;
  /** Absent when the file does not say: the platform's default, which we take as read-only. */
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  /** In the order of the file. */
  readonly jobs: readonly Job[];
  /** What a caller hands in, when this is a reusable workflow; what a person hands in, for `workflow_dispatch`. */
  readonly inputs: readonly Input[];
  readonly secrets: readonly { readonly name: string; readonly required: boolean }[];
  readonly outputs: TemplateMap;
  /** Keys that the language has and we do not act on, in the order of the file. */
  readonly unsupported?: readonly UnsupportedKey[];
}

/** A key of the language that nothing is done with; whether the job can still run is for the plan to say. */
export interface UnsupportedKey {
  readonly key: string;
  /** The id of the job that it is part of. */
  readonly job?: string;
  readonly at: FilePosition;
}

/** A value of the expression language. Objects keep the order of their keys; keys are compared without case. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** A value of the file in which `${{ }}` may stand: whole, within text, or somewhere inside a list or mapping. */
export interface Template {
  /** As written, for a scalar; for messages and plans. */
  readonly text: string;
  readonly at: FilePosition;
  /** Whether nothing has to be evaluated. */
  readonly literal: boolean;
  /** The names of contexts that it reads (`secrets`, `github`, …), and of the secrets it names (`*` for a computed one). */
  readonly contexts: readonly string[];
  readonly secrets: readonly string[];
  /** The token tree of the parser: for `src/pipeline/expression` alone. */
  readonly token: unknown;
}

/**
 * In the order of the file. A key `${{ insert }}` stands for a value that is a whole mapping (`env: ${{ fromJSON(…) }}`):
 * its entries are put there.
 */
export type TemplateMap = readonly { readonly key: string; readonly value: Template }[];

/** An `if`: a template that is always an expression; `success()` is added where no status function is named. */
export type Condition = Template;

export interface Trigger {
  readonly event: string;
  readonly branches?: readonly string[];
  readonly branchesIgnore?: readonly string[];
  readonly tags?: readonly string[];
  readonly tagsIgnore?: readonly string[];
  readonly paths?: readonly string[];
  readonly pathsIgnore?: readonly string[];
  readonly types?: readonly string[];
  readonly cron?: readonly string[];
  /** Names of the workflows that `workflow_run` waits for. */
  readonly workflows?: readonly string[];
  /** Of `workflow_dispatch` and `workflow_call`. */
  readonly inputs?: readonly Input[];
  readonly at: FilePosition;
}

export interface Input {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'number' | 'choice' | 'environment';
  readonly required: boolean;
  readonly default?: Template;
  readonly options: readonly string[];
  readonly description?: string;
  readonly at?: FilePosition;
}

export interface Defaults {
  readonly shell?: Template;
  readonly workingDirectory?: Template;
}

/** Scope to access, all scopes spelt out: `read-all` and `write-all` are resolved. Missing scopes are `none`. */
export type Permissions = Readonly<Record<string, 'read' | 'write' | 'none'>>;

export interface Concurrency {
  readonly group: Template;
  readonly cancelInProgress?: Template;
}

export type Job = StepsJob | CallJob;

interface BaseJob {
  readonly id: string;
  readonly name?: Template;
  readonly needs: readonly string[];
  readonly if: Condition;
  readonly strategy: Strategy;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  readonly at: FilePosition;
  /** Where each of `needs` stands. */
  readonly needsAt?: readonly FilePosition[];
}

export interface StepsJob extends BaseJob {
  readonly kind: 'steps';
  readonly runsOn: Template;
  readonly environment?: { readonly name: Template; readonly url?: Template };
  readonly env: TemplateMap;
  readonly defaults: Defaults;
  readonly outputs: TemplateMap;
  readonly continueOnError?: Template;
  readonly timeoutMinutes?: Template;
  readonly container?: Container;
  readonly services: readonly { readonly name: string; readonly container: Container }[];
  readonly steps: readonly Step[];
}

/** A job that is another workflow. */
export interface CallJob extends BaseJob {
  readonly kind: 'call';
  readonly uses: string;
  readonly usesAt?: FilePosition;
  readonly with: TemplateMap;
  readonly secrets: TemplateMap | 'inherit';
}

export interface Strategy {
  /** The whole `matrix` mapping, `include` and `exclude` in it; absent when the job runs once. */
  readonly matrix?: Template;
  readonly failFast?: Template;
  readonly maxParallel?: Template;
}

export interface Container {
  /** When the whole container is one expression, that expression: its value is an image or a mapping of all of this. */
  readonly image: Template;
  readonly env: TemplateMap;
  readonly ports: readonly Template[];
  readonly volumes: readonly Template[];
  readonly options?: Template;
  readonly credentials?: { readonly username: Template; readonly password: Template };
  readonly at: FilePosition;
}

export type Step = RunStep | UsesStep;

interface BaseStep {
  /** As written; steps without one have none in the `steps` context. */
  readonly id?: string;
  readonly name?: Template;
  readonly if: Condition;
  readonly env: TemplateMap;
  readonly continueOnError?: Template;
  readonly timeoutMinutes?: Template;
  readonly at: FilePosition;
}

export interface RunStep extends BaseStep {
  readonly kind: 'run';
  readonly run: Template;
  readonly shell?: Template;
  readonly workingDirectory?: Template;
}

export interface UsesStep extends BaseStep {
  readonly kind: 'uses';
  readonly uses: string;
  readonly usesAt?: FilePosition;
  readonly with: TemplateMap;
}

/** The `action.yml` of an action. */
export interface Action {
  readonly name: string;
  /** Relative to the repository, with `/`. */
  readonly file?: string;
  /** Names of the outputs that it declares. */
  readonly outputs?: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly required: boolean; readonly default?: Template }[];
  readonly runs:
    | {
        readonly kind: 'node';
        /** As written: `node20`. */
        readonly using?: string;
        readonly main: string;
        readonly pre?: string;
        readonly post?: string;
        readonly preIf?: Condition;
        readonly postIf?: Condition;
      }
    | { readonly kind: 'composite'; readonly steps: readonly Step[]; readonly outputs: TemplateMap }
    | {
        readonly kind: 'docker';
        readonly image: string;
        readonly entrypoint?: string;
        readonly preEntrypoint?: string;
        readonly postEntrypoint?: string;
        readonly preIf?: Condition;
        readonly postIf?: Condition;
        readonly args: readonly Template[];
        readonly env: TemplateMap;
      };
}
