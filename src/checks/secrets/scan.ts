import type { Text } from '#core/text.ts';
import { decode, type Encoded } from './decode/decoded.ts';
import { accept, type Detection, distinct, type Surface } from './match/detection.ts';
import { Detector } from './match/detector.ts';
import { satisfied } from './match/required.ts';
import { plainSurface } from './match/surface.ts';
import type { RuleSet } from './rule.ts';
import { settle } from './settle.ts';

/** Rounds of decoding. Ordinary text needs two; what was encoded more often than this is said to be so. */
export const DECODE_ROUNDS = 5;

/** Bytes looked at in one go, and how far the next part reaches back so that no literal falls between the two. */
const PART = 1_000_000;
const LONGEST_LITERAL = 64;

/** Where a text is from, as far as rules ask: `''` and `undefined` for a text from nowhere. */
export interface Origin {
  readonly path: string;
  readonly commit: string | undefined;
}

/** Finds secrets in texts: matches, decodes and matches again, and settles which rule speaks for each place. */
export class SecretScanner {
  readonly detector: Detector;
  readonly #rounds: number;
  /** Set when a text holds more that decodes than was decoded; for the reader to take back. */
  undecoded = false;

  constructor(sets: readonly RuleSet[], rounds: number = DECODE_ROUNDS) {
    this.detector = new Detector(sets);
    this.#rounds = rounds;
  }

  /** Secrets of a text, one detection for each place, in order of place. */
  scan(text: Text, origin: Origin): Detection[] {
    return settle(this.all(text, origin));
  }

  /** Every detection of every rule, also where several speak of one place. */
  all(text: Text, { path, commit }: Origin): Detection[] {
    const found = this.#raw(text, path);
    const accepted = found.filter((detection) => accept(detection, path, commit));
    return satisfied(accepted, this.detector, text, { path, commit });
  }

  #raw(text: Text, path: string): Detection[] {
    let outer: Encoded = new PlainText(text);
    const found = this.#detect(outer, path);
    for (let round = 0; ; round++) {
      const decoded = decode(outer);
      if (decoded === undefined) return found;
      this.undecoded ||= decoded.cut === true || round >= this.#rounds;
      if (round >= this.#rounds) return found;
      outer = decoded;
      for (const detection of this.#detect(outer, path)) found.push(detection);
    }
  }

  /** A large text in parts, so that the places to try, of which a hostile text has millions, never come all at once. */
  #detect(text: Encoded, path: string): Detection[] {
    const { length } = text.bytes;
    if (length <= PART) return this.detector.detect(text, { start: 0, end: length, path });
    const found: Detection[] = [];
    const everywhere = new Set<number>();
    for (let end = PART; end < length + PART; end += PART) {
      const scope = { start: Math.max(0, end - PART - LONGEST_LITERAL), end: Math.min(end, length), path, everywhere };
      for (const detection of this.detector.detect(text, scope)) found.push(detection);
    }
    return distinct(found);
  }
}

/** The text itself; its string is made only when bytes gave reason to. */
class PlainText implements Encoded {
  readonly #text: Text;
  #surface: Surface | undefined;

  constructor(text: Text) {
    this.#text = text;
  }

  get bytes(): Buffer {
    return this.#text.bytes;
  }

  get ascii(): boolean {
    return this.#text.ascii;
  }

  readonly surface = (): Surface => {
    this.#surface ??= plainSurface(this.#text.string);
    return this.#surface;
  };
}
