import type { Contexts } from '../expression/scope.ts';
import type { StepsJob, Workflow } from '../workflow/model.ts';
import type { Findings } from './findings.ts';
import type { Origin, PlanPorts } from './ports.ts';

/** What a step is planned with. */
export interface StepPlace {
  readonly workflow: Workflow;
  readonly job: StepsJob;
  readonly origin: Origin;
  readonly ports: PlanPorts;
  readonly contexts: Contexts;
  readonly trusted: boolean;
  readonly findings: Findings;
}
