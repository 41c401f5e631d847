import type { FilePosition } from '#core/error.ts';
import type { ActionReference } from '../action/reference.ts';
import type { Action, Workflow } from '../workflow/model.ts';
import type { Machine } from './runner.ts';

/** Where a file lies: in the workspace when there is no repository. */
export interface Origin {
  /** `owner/name` */
  readonly repository?: string;
  readonly commit?: string;
}

/** What a job's `uses` names. */
export type WorkflowReference =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'remote'; readonly repository: string; readonly path: string; readonly ref: string };

/** A file that was looked for. What it holds that is wrong is thrown, as a `SluiceError`. */
export type Lookup<T> =
  | { readonly found: true; readonly value: T; readonly origin: Origin }
  | { readonly found: false; readonly code: string; readonly reason: string; readonly hint?: string };

/** What a plan asks of the world; `src/app` answers from the repository, its configuration and the git mirrors. */
export interface PlanPorts {
  readonly machine: Machine;
  /** Hosts that a job may reach. */
  network(job: string, file: string): readonly string[];
  /** A reusable workflow; a local one lies in the origin's repository. */
  workflow(reference: WorkflowReference, origin: Origin, at: FilePosition): Promise<Lookup<Workflow>>;
  /** The `action.yml` of a local or remote action. */
  action(reference: ActionReference, origin: Origin, at: FilePosition): Promise<Lookup<Action>>;
}
