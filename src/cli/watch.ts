import type { Progress } from '#core/progress.ts';
import { NO_PROGRESS, progressLine } from './progress-line.ts';
import { terminalOf } from './terminal.ts';

/** What a long work is handed by whoever waits for it. */
export interface Watched {
  readonly progress: Progress;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Runs a long work with a progress line, where a person waits, and with Ctrl-C turned into an orderly stop. */
export async function watch<T>(
  options: { readonly progress: boolean },
  work: (watched: Watched) => Promise<T>,
): Promise<T> {
  const { interactive } = terminalOf(process.stdout, process.stderr, process.env);
  const line = interactive && options.progress ? progressLine(process.stderr, Date.now) : NO_PROGRESS;
  const interruption = new AbortController();
  // Once: a second Ctrl-C ends the process as it does any other.
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work({ progress: line.show, signal: interruption.signal });
  } finally {
    line.clear();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
