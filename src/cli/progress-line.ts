import type { ProgressEvent } from '#core/progress.ts';

/** One line on standard error that is redrawn in place, and gone when the work is done. */
export interface ProgressLine {
  show(event: ProgressEvent): void;
  clear(): void;
}

interface Output {
  write(text: string): unknown;
  readonly columns?: number;
}

const REDRAW_EVERY_MS = 80;
const BAR = 24;
const CLEAR_LINE = '\r\u001B[K';

export const NO_PROGRESS: ProgressLine = { show: () => undefined, clear: () => undefined };

/** `now` is in milliseconds and only decides how often the line is drawn. */
export function progressLine(output: Output, now: () => number): ProgressLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let visible = false;
  return {
    show(event) {
      if (now() - drawnAt < REDRAW_EVERY_MS) return;
      drawnAt = now();
      visible = true;
      output.write(CLEAR_LINE + progressText(event, output.columns ?? 80));
    },
    clear() {
      if (visible) output.write(CLEAR_LINE);
      visible = false;
    },
  };
}

/**
 * ```ts
 * progressText({ phase: 'reading files', done: 50, total: 200 }, 80) // => '[██████──────────────────]  25 % reading files 50/200'
 * progressText({ phase: 'listing files', done: 1234 }, 80) // => 'listing files 1234'
 * ```
 */
export function progressText({ phase, done, total }: ProgressEvent, columns: number): string {
  const counted = total === undefined ? `${phase} ${done}` : `${bar(done, total)} ${phase} ${done}/${total}`;
  return counted.slice(0, Math.max(0, columns - 1));
}

function bar(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * BAR);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${'█'.repeat(full)}${'─'.repeat(BAR - full)}] ${percent} %`;
}
