import { type MessagePort, workerData } from 'node:worker_threads';
import { type Answer, toAnswer } from './answer.ts';
import { Beat } from './beat.ts';
import type { Bench } from './bench.ts';
import { examine } from './examine.ts';
import { type Job, unpack } from './parcel.ts';
import type { Parts } from './parts.ts';
import type { Examined, WorkerData } from './protocol.ts';

/** What a worker says to its scan. */
export type WorkerMessage = { readonly kind: 'ready' } | { readonly kind: 'done'; readonly answer: Answer };

/**
 * The whole of a worker: call it from the entry module with `parentPort`.
 *
 * ```ts
 * await runWorker(parentPort, { prepare, reader });
 * ```
 */
export async function runWorker<Setup>(port: MessagePort | null, parts: Parts<Setup>): Promise<void> {
  if (port === null) throw new TypeError('runWorker was called outside a worker');
  const { setup, terms, beat } = workerData as WorkerData;
  const preparation = await parts.prepare(setup as Setup);
  const bench: Bench = {
    preparation,
    reader: parts.reader,
    terms,
    beat: new Beat(beat),
    guard: (work) => work(),
  };
  port.on('message', (job: Job) => {
    void work(port, bench, job);
  });
  port.postMessage({ kind: 'ready' } satisfies WorkerMessage);
}

async function work(port: MessagePort, bench: Bench, job: Job): Promise<void> {
  const results: Examined[] = [];
  for (const [index, task] of unpack(job).entries()) {
    bench.beat.task(index);
    const result = examine(bench, task);
    // Most reads need not wait, and a promise for each of a million files is not free.
    results.push(result instanceof Promise ? await result : result);
  }
  const answer = toAnswer(results);
  port.postMessage({ kind: 'done', answer } satisfies WorkerMessage);
}
