import { isAscii } from 'node:buffer';
import type { AnchorLiteral } from '../rule.ts';
import type { DetectorInput } from './detection.ts';
import { STARTS_UNIT } from './matcher.ts';
import type { WindowMatcher } from './window.ts';

/** More literals than a rule has. */
const ANCHORS = 65_536;
const NONE = new Float64Array(0);
/** Working memory beyond this is given back after the text that needed it. */
const KEPT = 16_384;

/** Where literals of each rule stand in a text, as byte offsets with the number of the literal within its rule. */
export class Places {
  readonly #places: Float64Array[];
  readonly #counts: Int32Array;

  constructor(rules: number) {
    this.#places = Array.from({ length: rules }, () => NONE);
    this.#counts = new Int32Array(rules);
  }

  add(rule: number, offset: number, literal: number): void {
    const count = this.#counts[rule] as number;
    let places = this.#places[rule] as Float64Array;
    if (count === places.length) {
      const longer = new Float64Array(Math.max(16, count * 2));
      longer.set(places);
      this.#places[rule] = longer;
      places = longer;
    }
    places[count] = offset * ANCHORS + literal;
    this.#counts[rule] = count + 1;
  }

  forget(rule: number): void {
    this.#counts[rule] = 0;
    if ((this.#places[rule] as Float64Array).length > KEPT) this.#places[rule] = NONE;
  }

  /**
   * The places as string indices where a match could begin, ascending; each is the first times {@link STARTS_UNIT} plus how many
   * follow it. Where `window` says that nothing matches there is none; it is asked until it said so `most` times. The result is
   * valid until the next call.
   */
  starts(
    rule: number,
    literals: readonly AnchorLiteral[],
    input: DetectorInput,
    window: WindowMatcher | undefined,
    most: number,
  ): Float64Array {
    const places = (this.#places[rule] as Float64Array).subarray(0, this.#counts[rule]);
    if (!ascends(places)) places.sort();
    let left = most;
    let count = 0;
    let index: IndexOfOffset | undefined;
    for (const place of places) {
      const offset = Math.floor(place / ANCHORS);
      const { least, most: ahead } = literals[place % ANCHORS] as AnchorLiteral;
      if (offset < least) continue;
      if (window !== undefined && left > 0 && !window.mayMatch(input, offset, least, ahead)) {
        left -= 1;
        continue;
      }
      if (index === undefined && !input.ascii) index = new IndexOfOffset(input.bytes);
      const at = index === undefined ? offset : index.of(offset);
      const first = Math.max(0, at - ahead);
      if (at >= least) places[count++] = first * STARTS_UNIT + (at - least - first);
    }
    const starts = places.subarray(0, count);
    return ascends(starts) ? starts : starts.sort();
  }
}

/** Literals come in the order in which they are recognised: of two that overlap, the later may begin first. */
function ascends(places: Float64Array): boolean {
  for (let at = 1; at < places.length; at++) if ((places[at] as number) < (places[at - 1] as number)) return false;
  return true;
}

/** Bytes asked about at once whether they are all ASCII, where index and offset go on alike. */
const STRETCH = 1_024;

/** String indices of ascending byte offsets in UTF-8. */
class IndexOfOffset {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #index = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  of(offset: number): number {
    while (offset - this.#offset >= STRETCH) {
      const end = this.#offset + STRETCH;
      if (!isAscii(this.#bytes.subarray(this.#offset, end))) this.#walk(end);
      else {
        this.#offset = end;
        this.#index += STRETCH;
      }
    }
    this.#walk(offset);
    return this.#index;
  }

  #walk(to: number): void {
    for (; this.#offset < to; this.#offset++) {
      const byte = this.#bytes[this.#offset] as number;
      if ((byte & 0xc0) !== 0x80) this.#index += byte >= 0xf0 ? 2 : 1;
    }
  }
}
