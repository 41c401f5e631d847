import { cloneRepository } from '#source/clone.ts';
import type { ScanJob } from './job.ts';

/** The repository of a target, for work on its history: where it lies, or a clone that is gone afterwards. */
export async function withClone<T>({ target, git, request }: ScanJob, work: (cwd: string) => Promise<T>): Promise<T> {
  if (target.kind !== 'url') return work(target.path);
  const { signal } = request;
  const clone = await cloneRepository(target.url, { git, history: true, ...(signal === undefined ? {} : { signal }) });
  try {
    return await work(clone.path);
  } finally {
    await clone.close();
  }
}
