import { isAscii, isUtf8 } from 'node:buffer';
import { confidenceRank } from '#core/severity.ts';
import { decode, type Encoded } from './decode/decoded.ts';
import { findSegments } from './decode/segments.ts';
import { fileKind, levelIn } from './generic/path.ts';
import { accept, type Detection, type DetectorInput, distinct, type Opening, type Surface } from './match/detection.ts';
import { Detector } from './match/detector.ts';
import { plainSurface } from './match/surface.ts';
import type { Rule, RuleSet } from './rule.ts';
import { DECODE_ROUNDS } from './scan.ts';
import { samePlace, settle } from './settle.ts';

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
  /** More specific detections at the same place that only some paths have: where one counts, this one does not. */
  readonly rivals?: readonly Detection[];
}

/** Matches that reach further than this into other lines are known by where they begin (an opening). */
const LOOKBACK = 160;

/**
 * Rules that say nothing of what they look for but a path (`.pgpass`, `master.key`) would have to be tried on all text there
 * ever was, because a blob has no path. The files they are about are tiny, so larger blobs are not tried.
 */
const TINY = 4096;

/**
 * Looks at parts of blobs, for a scan of history: the shape that history asks of an examiner, with the promises it
 * describes. Not re-entrant; one per thread.
 */
export class SecretsExaminer {
  /** Set when there was more that decodes than was decoded. */
  undecoded = false;
  readonly lookback: number;
  readonly #detector: Detector;
  /** The rules that only a path names. */
  readonly #placed: Detector;
  readonly #decodes: boolean;

  constructor(sets: readonly RuleSet[], options: { readonly decode?: boolean } = {}) {
    const having = (test: (rule: Rule) => boolean): RuleSet[] =>
      sets.map((set) => ({ ...set, rules: set.rules.filter(test) }));
    this.#detector = new Detector(having((rule) => !isPlaced(rule)));
    this.#placed = new Detector(having((rule) => isPlaced(rule) && rule.regex !== undefined));
    this.#decodes = options.decode ?? true;
    const crossings = this.#detector.rules.map(({ rule }) => rule.crosses).filter((far) => far <= LOOKBACK);
    this.lookback = Math.max(0, ...crossings);
  }

  /** Marks whatever a rule could begin at, and what is encoded. */
  sift(text: Buffer, size: number, whole: number, marks: number[]): void {
    const blob = new Blob(text.subarray(0, size));
    const scope = { start: 0, end: size, path: undefined };
    const found = this.#detector.suspects(blob, scope, marks);
    if (whole <= TINY && this.#placed.rules.length > 0) found.push(...this.#placed.detect(blob, scope));
    for (const { match } of found) marks.push(blob.offsetOf(match.start));
    if (this.#decodes) for (const { start } of findSegments(blob.bytes)) marks.push(start);
    marks.sort((a, b) => a - b);
  }

  examine(
    content: Buffer,
    size: number,
    ranges: Uint32Array,
    count: number,
    found: SecretInBlob[],
    whole: number = size,
  ): void {
    const blob = new Blob(content.subarray(0, size));
    const parts = ranges.subarray(0, count);
    const openings: Opening[] = [];
    const scope = { start: parts[0] ?? 0, end: parts.at(-1) ?? 0, path: undefined, openings, parts };
    const detections = this.#detector.detect(blob, scope);
    if (whole <= TINY && this.#placed.rules.length > 0) detections.push(...this.#placed.detect(blob, scope));
    if (this.#decodes) this.#examineDecoded(blob, ranges, count, detections);
    if (detections.length === 0 && openings.length === 0) return;
    const asked = detections.filter(({ match }) =>
      overlapsAny(ranges, count, blob.offsetOf(match.start), blob.offsetOf(match.end)),
    );
    const hits = settleForHistory(distinct(asked)).map(({ detection, rivals }) => blob.hit(detection, rivals));
    for (const opening of openings) if (opening.rule.crosses > LOOKBACK) hits.push(blob.opening(opening));
    for (const hit of hits.sort((a, b) => a.start - b.start || a.end - b.end)) found.push(hit);
  }

  /** Asks what the inspector of a work tree asks of a path. */
  accepts({ detection, rivals = [] }: SecretInBlob, path: string, commit: string | undefined): boolean {
    if (detection === undefined) return true;
    if (!accept(detection, path, commit) || !countsIn(detection, path)) return false;
    return !rivals.some((rival) => accept(rival, path, commit) && countsIn(rival, path));
  }

  #examineDecoded(blob: Blob, ranges: Uint32Array, count: number, found: Detection[]): void {
    // Most texts hold nothing encoded, and one look at all of a text costs less than one at each part.
    const all = blob.bytes.subarray(ranges[0] ?? 0, count < 2 ? 0 : ranges[count - 1]);
    if (count > 2 && findSegments(all).length === 0) return;
    for (let at = 0; at + 1 < count; at += 2) {
      let outer: Encoded = blob.part(ranges[at] as number, ranges[at + 1] as number);
      for (let round = 0; ; round++) {
        const decoded = decode(outer);
        if (decoded === undefined) break;
        this.undecoded ||= decoded.cut === true || round >= DECODE_ROUNDS;
        if (round >= DECODE_ROUNDS) break;
        outer = decoded;
        const scope = { start: 0, end: outer.bytes.length, path: undefined };
        for (const detection of this.#detector.detect(outer, scope)) found.push(detection);
      }
    }
  }
}

const isPlaced = ({ path, plan, keywords }: Rule): boolean =>
  path !== undefined && plan.kind === 'everywhere' && keywords.length === 0;

function overlapsAny(ranges: Uint32Array, count: number, start: number, end: number): boolean {
  for (let at = 0; at + 1 < count; at += 2) {
    if ((ranges[at] as number) < end && start < (ranges[at + 1] as number)) return true;
  }
  return false;
}

interface Settled {
  readonly detection: Detection;
  readonly rivals: readonly Detection[];
}

/**
 * Of several detections at one place those stay that some path could leave as the only one: whether a rule with a path of its
 * own speaks for a place cannot be known before the path is.
 */
function settleForHistory(found: readonly Detection[]): Settled[] {
  if (found.length < 2) return found.map((detection) => ({ detection, rivals: [] }));
  const anywhere = settle(found.filter((detection) => !dependsOnPath(detection)));
  const somewhere = found.filter(dependsOnPath);
  return [...anywhere, ...somewhere].map((detection) => {
    const near = [...anywhere, ...somewhere].filter((other) => other !== detection && samePlace(other, detection));
    return { detection, rivals: near.filter((other) => settle([other, detection])[0] === other) };
  });
}

const dependsOnPath = ({ rule, weighed, pending }: Detection): boolean =>
  rule.path !== undefined || weighed !== undefined || pending.length > 0 || rule.allowlists.some(asksForPlace);

const asksForPlace = ({ paths, commits }: Rule['allowlists'][number]): boolean =>
  paths !== undefined || commits.length > 0;

/** Whether the generic detector, which was asked without a path, would have found it there. */
const countsIn = ({ weighed }: Detection, path: string): boolean =>
  weighed === undefined || levelIn(confidenceRank(weighed.confidence) + 1, fileKind(path)) > 0;

/** A blob as text. One that is not UTF-8 is read a byte a character. */
class Blob implements DetectorInput {
  readonly bytes: Buffer;
  #single: boolean | undefined;
  #surface: Surface | undefined;
  /** One place known both ways, because the next one asked for is near. */
  #index = 0;
  #offset = 0;

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

  hit(detection: Detection, rivals: readonly Detection[]): SecretInBlob {
    const { rule, match, secret } = detection;
    return {
      rule: rule.id,
      start: this.offsetOf(match.start),
      end: this.offsetOf(match.end),
      secretStart: this.offsetOf(secret.start),
      secretEnd: this.offsetOf(secret.end),
      detection: detached(detection),
      ...(rivals.length === 0 ? {} : { rivals: rivals.map(detached) }),
    };
  }

  opening({ rule, start }: Opening): SecretInBlob {
    const at = this.offsetOf(start);
    const end = at + rule.crosses * (this.ascii ? 1 : 3);
    return { rule: rule.id, start: at, end, secretStart: at, secretEnd: at, opening: true };
  }

  offsetOf(index: number): number {
    if (this.ascii) return index;
    const { string } = this.surface();
    if (index >= this.#index) this.#offset += Buffer.byteLength(string.slice(this.#index, index));
    else if (index < this.#index >> 1) this.#offset = Buffer.byteLength(string.slice(0, index));
    else this.#offset -= Buffer.byteLength(string.slice(index, this.#index));
    this.#index = index;
    return this.#offset;
  }

  #indexOf(offset: number): number {
    if (this.ascii) return offset;
    if (offset >= this.#offset) this.#index += this.bytes.toString('utf8', this.#offset, offset).length;
    else this.#index = this.bytes.toString('utf8', 0, offset).length;
    this.#offset = offset;
    return this.#index;
  }
}

/** The same detection with texts of its own: a part of a string keeps the whole string alive, here that of a blob. */
const detached = (detection: Detection): Detection => ({
  ...detection,
  value: copied(detection.value),
  matched: copied(detection.matched),
});

const copied = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
