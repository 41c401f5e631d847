import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunEvent } from '#core/event.ts';
import type { Problem } from '#core/problem.ts';
import type { JobTests } from '../action/builtin/tests.ts';
import type { Annotation } from '../command/interpreter.ts';
import type { Masker } from '../mask/masker.ts';
import type { JobReport } from './job-state.ts';
import type { AnnotationRecord, RunLogEntry } from './record.ts';

/** A job can say more than anybody reads; the rest is in its log. */
const MOST_ANNOTATIONS = 1_000;
const MOST_SEEN = 100_000;

/** Gathers what is to be kept of a job. What the job chose is masked here. */
export class JobNotes implements JobReport {
  readonly annotations: AnnotationRecord[] = [];
  readonly problems: Problem[] = [];
  readonly seen: RunEvent[] = [];
  readonly scans: unknown[] = [];
  readonly tests: JobTests[] = [];
  refused = false;
  couldNotRun = false;
  hasSummary = false;
  readonly #key: string;
  readonly #masker: Masker;
  readonly #summary: string;
  readonly #emit: (entry: RunLogEntry) => void;

  readonly #holdsSecret: (text: string) => boolean;

  /** @param summary the file that summaries go to */
  constructor(
    key: string,
    masker: Masker,
    summary: string,
    emit: (entry: RunLogEntry) => void,
    holdsSecret: (text: string) => boolean,
  ) {
    this.#holdsSecret = holdsSecret;
    this.#key = key;
    this.#masker = masker;
    this.#summary = summary;
    this.#emit = emit;
  }

  annotate(step: number, annotation: Annotation): void {
    if (this.annotations.length >= MOST_ANNOTATIONS) return;
    const masked: AnnotationRecord = maskedTexts(this.#masker, annotation);
    this.annotations.push(masked);
    this.#emit({ type: 'annotation', job: this.#key, step, annotation: masked });
  }

  problem(problem: Problem): void {
    // What could not be done is told in the words of the file, and those may have been a secret.
    const said = maskedTexts(this.#masker, problem);
    this.problems.push(said);
    const { code, message, hint, path, line } = said;
    const told = { code, message, ...(hint === undefined ? {} : { hint }), ...(path === undefined ? {} : { path }) };
    this.#emit({ type: 'problem', job: this.#key, problem: { ...told, ...(line === undefined ? {} : { line }) } });
  }

  /** Something that the sandbox saw. */
  see(event: RunEvent): void {
    if (this.seen.length >= MOST_SEEN) return;
    const masked = Object.fromEntries(
      Object.entries(event).map(([key, value]) => [key, typeof value === 'string' ? this.#shown(value) : value]),
    );
    this.seen.push(masked as unknown as RunEvent);
    this.#emit({ type: 'seen', job: this.#key, seen: masked });
  }

  /** A job may spell a secret into the name of a host, a program or a file. */
  #shown(text: string): string {
    return this.#holdsSecret(text) ? '***' : this.#masker.mask(text);
  }

  summarise(text: string): void {
    mkdirSync(dirname(this.#summary), { recursive: true });
    appendFileSync(this.#summary, `${this.#masker.mask(text).trimEnd()}\n`);
    this.hasSummary = true;
  }

  refuse(): void {
    this.refused = true;
  }

  notRun(): void {
    this.couldNotRun = true;
  }

  evidence(kind: 'scan' | 'tests', value: unknown): void {
    if (kind === 'scan') this.scans.push(value);
    else this.tests.push(value as JobTests);
  }
}

const maskedTexts = <T extends object>(masker: Masker, value: T): T =>
  Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, typeof text === 'string' ? masker.mask(text) : text]),
  ) as T;
