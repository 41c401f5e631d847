import { SluiceError } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import type { Job, Value, Workflow } from '../workflow/model.ts';
import type { Conclusion } from './record.ts';

export interface JobEnd {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** It failed only since it could not be run here: that says nothing about the others of its matrix. */
  readonly notRun?: boolean;
}

/** Failure outranks cancellation, which outranks success; skipped only where all were. */
export function together(results: readonly Conclusion[]): Conclusion {
  for (const result of ['failure', 'cancelled', 'success'] as const) if (results.includes(result)) return result;
  return results.length === 0 ? 'success' : 'skipped';
}

/** An output that an instance of a matrix leaves empty does not hide that of another. */
export const nonEmpty = (outputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== ''));

/** The `needs` context. */
export function needsOf(job: Job, ancestors: ReadonlyMap<string, JobEnd>): Value {
  return Object.fromEntries(
    job.needs.flatMap((id): [string, Value][] => {
      const end = ancestors.get(id);
      return end === undefined ? [] : [[id, { result: end.result, outputs: end.outputs }]];
    }),
  );
}

export function problemOf({ code, message, hint, at }: SluiceError): Problem {
  const place = at === undefined ? {} : { path: at.file, ...(at.line === undefined ? {} : { line: at.line }) };
  return { code, message, ...(hint === undefined ? {} : { hint }), ...place };
}

/** A job and all that it needs, in the order of the file. @throws SluiceError `job-unknown` */
export function needed({ jobs, file }: Workflow, only: string): readonly Job[] {
  const wanted = new Set<string>();
  const visit = (id: string): void => {
    const job = jobs.find((one) => one.id === id);
    if (job === undefined || wanted.has(id)) return;
    wanted.add(id);
    job.needs.forEach(visit);
  };
  visit(only);
  if (wanted.size > 0) return jobs.filter(({ id }) => wanted.has(id));
  const hint = `There are: ${jobs.map(({ id }) => id).join(', ')}.`;
  throw new SluiceError('job-unknown', `there is no job ${only}`, { hint, at: { file } });
}
