import { parentPort } from 'node:worker_threads';
import { runWorker } from '#engine/worker.ts';
import { createParts } from './parts.ts';

/* What a scan's worker threads start with. */
await runWorker(parentPort, createParts());
