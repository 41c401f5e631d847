import { SluiceError } from '#core/error.ts';
import { suggestion } from './expectation.ts';
import type { Job } from './model.ts';

const MOST_MISTAKES = 20;

/** What is wrong with `needs`: jobs that do not exist, and jobs that wait for each other. Linear in jobs and needs. */
export function mistakesOfNeeds(jobs: readonly Job[]): readonly SluiceError[] {
  const ids = new Set(jobs.map(({ id }) => id));
  const unknown: SluiceError[] = [];
  for (const job of jobs) {
    for (const [index, need] of job.needs.entries()) {
      if (!ids.has(need) && unknown.length < MOST_MISTAKES) unknown.push(unknownNeed(job, need, index, [...ids]));
    }
  }
  if (unknown.length > 0) return unknown;
  const cycle = cycleOf(jobs);
  return cycle === undefined ? [] : [cyclic(cycle)];
}

function unknownNeed(job: Job, need: string, index: number, ids: readonly string[]): SluiceError {
  const hint = suggestion(need, ids.filter((id) => id !== job.id).slice(0, 1_000));
  return new SluiceError('needs-unknown', `job \`${job.id}\` needs \`${need}\`, which is no job of this workflow`, {
    at: job.needsAt?.[index] ?? job.at,
    hint: hint ?? 'There is no other job in this workflow.',
  });
}

function cyclic(cycle: readonly Job[]): SluiceError {
  const [first] = cycle as [Job];
  const next = cycle[1] ?? first;
  const index = first.needs.indexOf(next.id);
  const names = [...cycle, first].map(({ id }) => `\`${id}\``);
  const way = names.length > 12 ? [...names.slice(0, 10), '…', names.at(-1)] : names;
  return new SluiceError('needs-cyclic', `these jobs wait for each other: ${way.join(' needs ')}`, {
    at: first.needsAt?.[index] ?? first.at,
    hint: 'Take one of these needs away.',
  });
}

/** One circle of needs, starting with the job of it that comes first in the file. */
function cycleOf(jobs: readonly Job[]): readonly Job[] | undefined {
  const layers = new Set(
    layersOf(jobs)
      .flat()
      .map(({ id }) => id),
  );
  const left = new Map(jobs.filter(({ id }) => !layers.has(id)).map((job) => [job.id, job]));
  const [start] = left.values();
  if (start === undefined) return undefined;
  // Everything that is left needs something that is left: walking on must come back.
  const walked = new Map<string, number>();
  const way: Job[] = [];
  let job: Job = start;
  while (!walked.has(job.id)) {
    walked.set(job.id, way.length);
    way.push(job);
    job = left.get(job.needs.find((need) => left.has(need)) ?? '') ?? job;
  }
  const circle = way.slice(walked.get(job.id));
  const inCircle = new Set(circle);
  const first = jobs.find((one) => inCircle.has(one));
  const from = circle.indexOf(first as Job);
  return [...circle.slice(from), ...circle.slice(0, from)];
}

/**
 * Jobs in layers: each needs only jobs of earlier layers, and stands as early as it can; within a layer in the order of
 * the file. Jobs of a circle, and what waits for it, are in none.
 */
export function layersOf(jobs: readonly Job[]): readonly (readonly Job[])[] {
  const waiting = new Map(jobs.map((job) => [job.id, new Set(job.needs).size]));
  const dependants = new Map<string, Job[]>();
  for (const job of jobs) {
    for (const need of new Set(job.needs)) {
      const known = dependants.get(need);
      if (known === undefined) dependants.set(need, [job]);
      else known.push(job);
    }
  }
  const position = new Map(jobs.map((job, index) => [job.id, index]));
  const layers: Job[][] = [];
  for (let layer = jobs.filter(({ needs }) => needs.length === 0); layer.length > 0; ) {
    layers.push(layer);
    const next: Job[] = [];
    for (const { id } of layer) {
      for (const dependant of dependants.get(id) ?? []) {
        const left = (waiting.get(dependant.id) ?? 0) - 1;
        waiting.set(dependant.id, left);
        if (left === 0) next.push(dependant);
      }
    }
    layer = next.toSorted((a, b) => (position.get(a.id) ?? 0) - (position.get(b.id) ?? 0));
  }
  return layers;
}
