import { StepFailure, type StepRun } from '../../run/job-state.ts';
import type { Inputs } from '../inputs.ts';

/** What the scanner says of a folder of a job. */
export interface ScanAnswer {
  readonly outcome: 'pass' | 'refused' | 'incomplete';
  /** The report as a person reads it. */
  readonly text: string;
  /** Kept for the statement about the scan. */
  readonly report: unknown;
}

/** Scans a folder of the host as data; runs nothing of it. */
export type Scanner = (
  folder: string,
  options: { readonly since?: string; readonly family?: readonly string[] },
) => Promise<ScanAnswer>;

/**
 * `uses: sluice/scan`: the workspace is scanned from outside of the sandbox, by the policy of the repository that the run
 * is about, so that nothing in the job can change the judgement. A refusal stops the job.
 */
export async function scanStep(step: StepRun, inputs: Inputs, scanner: Scanner): Promise<void> {
  const { since, family } = inputs;
  const { host, inside } = step.job.layout.workspace;
  const answer = await scanner(host, {
    ...(since === undefined || since === '' ? {} : { since }),
    ...(family === undefined || family === '' ? {} : { family: family.split(/[,\s]+/).filter(Boolean) }),
  });
  for (const line of answer.text.replaceAll(host, inside).trimEnd().split('\n')) step.log.line(line);
  step.outputs.set('outcome', answer.outcome);
  step.job.report.evidence('scan', answer.report);
  if (answer.outcome === 'pass') return;
  step.job.report.refuse();
  throw new StepFailure(
    answer.outcome === 'refused' ? 'The gate refuses this change.' : 'The scan is incomplete, so the gate stays shut.',
  );
}
