import type { Problem } from '#core/problem.ts';
import type { Mount } from '#core/sandbox.ts';
import { Changes } from '../trace/changes.ts';
import { readTrace, straceArguments } from '../trace/strace.ts';
import type { Pipes } from './pipes.ts';
import { systemProgram } from './programs.ts';
import type { Recorder } from './recorder.ts';

/** More changed files of one step than this are not told one by one. */
const MOST_FILES = 500;
/** How long the last lines of a trace may take to arrive after the command has ended. */
const LATE_MS = 200;

/** A step that is traced: what goes before its command, and what to wait for when it has ended. */
export interface TracedStep {
  readonly before: readonly string[];
  /** Whether connections past the proxy were told one by one. */
  readonly direct: () => number;
  finish(): Promise<void>;
}

/** Watches what the steps of a job start, connect to and change, where the job asks for it and the machine can. */
export class Tracing {
  readonly problems: Problem[] = [];
  readonly #recorder: Recorder;
  readonly #strace: string | undefined;
  readonly #changes: Changes | undefined;

  constructor(wanted: boolean, mounts: readonly Mount[], recorder: Recorder) {
    this.#recorder = recorder;
    if (!wanted) return;
    this.#changes = new Changes(mounts.filter(({ to, access }) => access === 'write' && to !== '/workspace'));
    this.#strace = systemProgram('strace');
    if (this.#strace === undefined) {
      this.problems.push({
        code: 'tracer-missing',
        message: 'Started programs and direct connections were not recorded: strace is not installed.',
        hint: 'Install strace, or run npm run setup.',
      });
    }
  }

  begin(step: string, pipes: Pipes, descriptors: number[]): TracedStep {
    if (this.#strace === undefined) return { before: [], direct: () => 0, finish: async () => this.#files(step) };
    const { read, write } = pipes.open();
    const descriptor = descriptors.push(write) + 3;
    let direct = 0;
    readTrace(read, {
      program: (path) => this.#recorder.program(step, path),
      direct: (host, port) => {
        direct++;
        this.#recorder.direct(step, host, port);
      },
    });
    const ended = new Promise<void>((resolve) => read.once('close', () => resolve()));
    return {
      before: straceArguments(this.#strace, descriptor),
      direct: () => direct,
      finish: async () => {
        // A tracer goes on for as long as something that the step left behind does.
        let late: NodeJS.Timeout | undefined;
        await Promise.race([ended, new Promise((resolve) => (late = setTimeout(resolve, LATE_MS)))]);
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
