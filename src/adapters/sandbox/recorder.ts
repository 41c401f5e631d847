import type { RunEvent } from '#core/event.ts';
import type { Problem } from '#core/problem.ts';
import type { SandboxSpec } from '#core/sandbox.ts';
import { type MaskedText, plain } from '#core/secret.ts';
import type { Tried } from '../egress/exchange.ts';

/** So that a job which knocks at doors for hours does not fill memory with events. */
const MOST_EVENTS = 20_000;

/** Gives events their time, masks what the job chose, and says so where there are too many. */
export class Recorder {
  readonly problems: Problem[] = [];
  readonly #spec: SandboxSpec;
  readonly #since = performance.now();
  #count = 0;

  constructor(spec: SandboxSpec) {
    this.#spec = spec;
  }

  connection({ host, ...tried }: Tried): void {
    this.#emit({ kind: 'connection', via: 'proxy', atMs: this.#now(), host: this.#mask(host), ...tried });
  }

  /** A try that went past the proxy; `host` is what is known of where it wanted to go. */
  direct(step: string, host: string, port?: number): void {
    const where = port === undefined ? {} : { port };
    const event = { step, host: this.#mask(host), ...where, allowed: false, reason: 'no-route' };
    this.#emit({ kind: 'connection', via: 'socket', atMs: this.#now(), ...event });
  }

  name(step: string, host: string): void {
    const event = { step, host: this.#mask(host), allowed: false, reason: 'not-listed' };
    this.#emit({ kind: 'connection', via: 'dns', atMs: this.#now(), ...event });
  }

  program(step: string, program: string): void {
    this.#emit({ kind: 'process', atMs: this.#now(), step, program: this.#mask(program) });
  }

  file(step: string, path: string, allowed: boolean): void {
    this.#emit({ kind: 'file', atMs: this.#now(), step, path: this.#mask(path), allowed });
  }

  limit(step: string, limit: string): void {
    this.#emit({ kind: 'resource', atMs: this.#now(), step, limit });
  }

  #mask(text: string): MaskedText {
    return this.#spec.mask?.(text) ?? plain(text);
  }

  #now(): number {
    return Math.round(performance.now() - this.#since);
  }

  #emit(event: RunEvent): void {
    this.#count++;
    if (this.#count <= MOST_EVENTS) this.#spec.onEvent(event);
    else if (this.#count === MOST_EVENTS + 1) {
      this.problems.push({
        code: 'events-dropped',
        message: `The job did more than is recorded: only its first ${MOST_EVENTS} events were kept.`,
      });
    }
  }
}
