import type { MessagePort } from 'node:worker_threads';
import type { Parts } from './parts.ts';

/**
 * The whole of a worker: call it from the entry module with `parentPort`.
 *
 * ```ts
 * await runWorker(parentPort, { prepare, reader });
 * ```
 */
export function runWorker<Setup>(port: MessagePort | null, parts: Parts<Setup>): Promise<void> {
  return Promise.reject(new Error(`not there yet: ${String(port)} ${typeof parts.prepare}`));
}
