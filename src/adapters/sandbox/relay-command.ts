import { fileURLToPath } from 'node:url';

/** Program and arguments that run the relay, by the Node that runs us; the listeners follow. */
export const relayCommand = (): [string, string] => [
  process.execPath,
  fileURLToPath(new URL('../relay-worker.ts', import.meta.url)),
];
