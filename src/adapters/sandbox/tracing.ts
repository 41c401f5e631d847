import type { Problem } from '#core/problem.ts';
import type { Mount } from '#core/sandbox.ts';
import { Changes } from '../trace/changes.ts';
import { Trace } from '../trace/trace.ts';
import type { Pipes } from './pipes.ts';
import type { Recorder } from './recorder.ts';

/** More changed files of one step than this are not told one by one. */
const MOST_FILES = 500;
/** How long the last lines of a trace may take to arrive after the command has ended. */
const LATE_MS = 200;

/** A step that is traced: where its tracer writes, and what to wait for when it has ended. */
export interface TracedStep {
  /** `undefined` where it is not traced after all. Closed by whoever starts the step. */
  readonly descriptor: number | undefined;
  /** Whether connections past the proxy were told one by one. */
  readonly direct: () => number;
  finish(): Promise<void>;
}

/** Watches what the steps of a job start, connect to and change, where the job asks for it and the machine can. */
export class Tracing {
  readonly problems: Problem[] = [];
  readonly #recorder: Recorder;
  readonly #possible: boolean;
  readonly #changes: Changes | undefined;

  constructor(wanted: boolean, possible: boolean, mounts: readonly Mount[], recorder: Recorder) {
    this.#recorder = recorder;
    this.#possible = wanted && possible;
    if (!wanted) return;
    this.#changes = new Changes(mounts.filter(({ to, access }) => access === 'write' && to !== '/workspace'));
    if (!possible) {
      this.problems.push({
        code: 'tracer-missing',
        message: 'Started programs and direct connections were not recorded one by one: Perl is not installed.',
        hint: 'Install perl; its base package is enough.',
      });
    }
  }

  begin(step: string, pipes: Pipes): TracedStep {
    if (!this.#possible) return { descriptor: undefined, direct: () => 0, finish: async () => this.#files(step) };
    const { read, write } = pipes.open();
    let direct = 0;
    const trace = new Trace(read, {
      program: (path) => this.#recorder.program(step, path),
      direct: (host, port) => {
        direct++;
        this.#recorder.direct(step, host, port);
      },
    });
    return {
      descriptor: write,
      direct: () => direct,
      finish: async () => {
        let late: NodeJS.Timeout | undefined;
        await Promise.race([trace.ended, new Promise((resolve) => (late = setTimeout(resolve, LATE_MS)))]);
        clearTimeout(late);
        this.#files(step);
      },
    };
  }

  #files(step: string): void {
    const changed = this.#changes?.since() ?? [];
    for (const path of changed.slice(0, MOST_FILES)) this.#recorder.file(step, path, true);
    if (changed.length <= MOST_FILES && !this.#changes?.incomplete) return;
    if (this.problems.some(({ code }) => code === 'files-not-compared')) return;
    this.problems.push({
      code: 'files-not-compared',
      message: 'More files changed outside the workspace than are recorded.',
    });
  }
}
