import { isAscii, isUtf8 } from 'node:buffer';
import { decode, type Encoded } from './decode/decoded.ts';
import { accept, type Detection, distinct, type Opening, type Surface } from './match/detection.ts';
import type { Detector, DetectorInput } from './match/detector.ts';
import { plainSurface } from './match/surface.ts';
import type { RuleSet } from './rule.ts';
import { DECODE_ROUNDS, SecretScanner } from './scan.ts';
import { settle } from './settle.ts';

/** A secret in a blob of a history; all offsets are bytes of the blob. */
export interface SecretInBlob {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly secretStart: number;
  readonly secretEnd: number;
  readonly opening?: true;
  /** Present unless it is an opening. Lives in memory only. */
  readonly detection?: Detection;
}

/** Matches that reach further than this into other lines are known by where they begin (an opening). */
const LOOKBACK = 160;

/**
 * Looks at parts of blobs, for a scan of history: the shape that history asks of an examiner, with the promises it
 * describes. Not re-entrant; one per thread.
 */
export class SecretsExaminer {
  readonly marks = true as const;
  readonly lookback: number;
  readonly #detector: Detector;
  readonly #decodes: boolean;

  constructor(sets: readonly RuleSet[], options: { readonly decode?: boolean } = {}) {
    this.#detector = new SecretScanner(sets).detector;
    this.#decodes = options.decode ?? true;
    const crossings = this.#detector.rules.map(({ rule }) => rule.crosses).filter((far) => far <= LOOKBACK);
    this.lookback = Math.max(0, ...crossings);
  }

  examine(
    content: Buffer,
    size: number,
    ranges: Uint32Array,
    count: number,
    found: SecretInBlob[],
    marks: number[],
  ): void {
    const blob = new Blob(content.subarray(0, size));
    const detections: Detection[] = [];
    const openings: Opening[] = [];
    for (let at = 0; at + 1 < count; at += 2) {
      const [start, end] = [ranges[at] as number, ranges[at + 1] as number];
      const scope = { start, end: Math.min(size, end + REACH), path: undefined, openings };
      for (const detection of this.#detector.detect(blob, scope)) {
        if (blob.overlaps(detection, start, end)) detections.push(detection);
      }
      this.#detector.marks(marks);
      if (this.#decodes) this.#examineDecoded(blob, start, end, detections, marks);
    }
    if (detections.length === 0 && openings.length === 0) return;
    const hits = [
      ...settle(distinct(detections)).map((detection) => blob.hit(detection)),
      ...openings.filter(({ rule }) => rule.crosses > LOOKBACK).map((opening) => blob.opening(opening)),
    ];
    for (const hit of hits.toSorted((a, b) => a.start - b.start || a.end - b.end)) found.push(hit);
  }

  accepts(hit: SecretInBlob, path: string, commit: string | undefined): boolean {
    return hit.detection === undefined || accept(hit.detection, path, commit);
  }

  #examineDecoded(blob: Blob, start: number, end: number, found: Detection[], marks: number[]): void {
    let outer: Encoded = blob.part(start, end);
    for (let round = 0; round < DECODE_ROUNDS; round++) {
      const decoded = decode(outer);
      if (decoded === undefined) return;
      outer = decoded;
      const scope = { start: 0, end: outer.bytes.length, path: undefined };
      for (const detection of this.#detector.detect(outer, scope)) {
        found.push(detection);
        marks.push(blob.offsetOf(detection.match.start));
      }
    }
  }
}

/** How far behind a range a literal may stand whose match begins in the range. */
const REACH = 280;

/** A blob as text. One that is not UTF-8 is read a byte a character. */
class Blob implements DetectorInput {
  readonly bytes: Buffer;
  #single: boolean | undefined;
  #surface: Surface | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get ascii(): boolean {
    this.#single ??= isAscii(this.bytes) || !isUtf8(this.bytes);
    return this.#single;
  }

  readonly surface = (): Surface => {
    this.#surface ??= plainSurface(this.bytes.toString(this.ascii ? 'latin1' : 'utf8'));
    return this.#surface;
  };

  /** A range of the blob as a text of its own, whose places are those of the blob. */
  part(start: number, end: number): Encoded {
    const bytes = this.bytes.subarray(start, end);
    const surface = (): Surface => {
      const whole = this.surface();
      const from = this.#indexOf(start);
      const string = whole.string.slice(from, this.#indexOf(end));
      return {
        ...plainSurface(string),
        origin: (span) => ({ start: span.start + from, end: span.end + from }),
      };
    };
    const blob = this;
    return {
      bytes,
      get ascii() {
        return blob.ascii;
      },
      surface,
    };
  }

  overlaps({ match }: Detection, start: number, end: number): boolean {
    return this.offsetOf(match.start) < end && this.offsetOf(match.end) > start;
  }

  hit(detection: Detection): SecretInBlob {
    const { rule, match, secret } = detection;
    return {
      rule: rule.id,
      start: this.offsetOf(match.start),
      end: this.offsetOf(match.end),
      secretStart: this.offsetOf(secret.start),
      secretEnd: this.offsetOf(secret.end),
      detection,
    };
  }

  opening({ rule, start }: Opening): SecretInBlob {
    const at = this.offsetOf(start);
    const end = Math.min(this.bytes.length, at + rule.crosses * (this.ascii ? 1 : 3));
    return { rule: rule.id, start: at, end, secretStart: at, secretEnd: at, opening: true };
  }

  offsetOf(index: number): number {
    return this.ascii ? index : Buffer.byteLength(this.surface().string.slice(0, index));
  }

  #indexOf(offset: number): number {
    return this.ascii ? offset : this.bytes.toString('utf8', 0, offset).length;
  }
}
