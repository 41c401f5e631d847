import { SluiceError } from '#core/error.ts';

/** Longer than any disk needs to say something; a git that opened a FIFO (one named `.gitignore`) waits for ever. */
const GIT_PATIENCE_MS = 30_000;

/**
 * What a process prints, ended by `git-stuck` where it prints nothing for `patienceMs`. Only the waiting counts, not what the
 * reader does between two chunks.
 */
export async function* patiently(
  start: (signal: AbortSignal) => AsyncIterable<Buffer>,
  patienceMs = GIT_PATIENCE_MS,
  outer?: AbortSignal,
): AsyncGenerator<Buffer> {
  const stuck = new AbortController();
  const iterator = start(outer === undefined ? stuck.signal : AbortSignal.any([outer, stuck.signal]))[
    Symbol.asyncIterator
  ]();
  const giveUp = (): void =>
    stuck.abort(
      new SluiceError('git-stuck', 'git did not answer in time.', {
        hint: 'Look for a FIFO named .gitignore or .gitattributes: git waits for ever to read it.',
      }),
    );
  try {
    for (;;) {
      const timer = setTimeout(giveUp, patienceMs);
      const next = await iterator.next().finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
