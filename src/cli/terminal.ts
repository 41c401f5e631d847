import type { WriteStream } from 'node:tty';
import { isCi } from '#app/context.ts';

/** What the person at the other end can see. Decided once, at the edge; everything inside is told. */
export interface Terminal {
  readonly color: boolean;
  /** Columns; 100 where nobody looks at a width (a pipe, a file, CI). */
  readonly width: number;
  /** A person waits: progress may be drawn and redrawn on standard error. */
  readonly interactive: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Stream = Pick<WriteStream, 'isTTY' | 'columns'>;

const NARROWEST = 40;
const UNWATCHED_WIDTH = 100;

/**
 * `NO_COLOR` (any value, https://no-color.org) wins over `FORCE_COLOR`, which wins over the stream; `TERM=dumb` has no
 * colour and no redrawing; in CI nothing is redrawn.
 */
export function terminalOf(output: Stream, errors: Stream, environment: Environment): Terminal {
  const dumb = environment['TERM'] === 'dumb';
  return {
    color: wantsColor(output, environment, dumb),
    width: output.isTTY ? Math.max(NARROWEST, output.columns ?? UNWATCHED_WIDTH) : UNWATCHED_WIDTH,
    interactive: errors.isTTY === true && !dumb && !isCi(environment),
  };
}

function wantsColor(output: Stream, environment: Environment, dumb: boolean): boolean {
  if (isSet(environment['NO_COLOR'])) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTTY === true && !dumb;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
