import { Glance, mayBeSecretWord } from '../generic/glance.ts';
import { type AnchorLiteral, MOST_BEYOND, type Rule } from '../rule.ts';

const glance = new Glance();
const ANY = 0;
/** 1 for what `\w` matches, of which nothing is beyond ASCII. */
const IN_WORD: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[0-9A-Za-z_]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/**
 * Whether a rule can match where one of its literals stands, by a few bytes: most places are left without a string. Never
 * says no where there is a match. One shape for all rules, since it is asked millions of times.
 */
export class PlaceGuard {
  readonly #text: string;
  readonly #generic: boolean;
  /** The very bytes, where case counts; {@link ANY} where it does not. */
  readonly #exact: Uint8Array;
  readonly #follows: Uint8Array | undefined;
  readonly #count: number;
  readonly #startsWord: boolean;
  readonly #through: Uint8Array | undefined;
  readonly #to: Uint8Array | undefined;
  readonly #most: number;

  constructor({ detector }: Rule, { text, cases, after, beyond, wordStart }: AnchorLiteral) {
    this.#text = text;
    this.#startsWord = wordStart === true;
    this.#generic = detector === 'generic';
    this.#exact = Uint8Array.from(cases ?? '', (each, at) => {
      const char = text.charAt(at);
      return each === '*' ? ANY : (each === 'U' ? char.toUpperCase() : char).charCodeAt(0);
    });
    this.#follows = after === undefined ? undefined : tableOf(after.of);
    this.#count = after?.count ?? 0;
    this.#through = beyond?.through === undefined ? undefined : tableOf(beyond.through);
    this.#to = beyond === undefined ? undefined : tableOf(beyond.to);
    this.#most = beyond?.most ?? 0;
  }

  /** Like {@link holds}, but with no more than a few bytes looked at, so that it says yes a little more often. */
  mayHold(bytes: Uint8Array, at: number): boolean {
    return this.#generic ? mayBeSecretWord(bytes, at, this.#text) : this.holds(bytes, at);
  }

  /** The literal is known to stand at `at` in some case. */
  holds(bytes: Uint8Array, at: number): boolean {
    if (this.#generic) return glance.at(bytes, at, this.#text);
    if (this.#startsWord && at > 0 && IN_WORD[bytes[at - 1] as number] === 1) return false;
    const exact = this.#exact;
    for (let place = 0; place < exact.length; place++) {
      if (exact[place] !== ANY && exact[place] !== bytes[at + place]) return false;
    }
    const from = at + this.#text.length;
    if (this.#follows !== undefined) return this.#isFollowed(bytes, from, this.#follows);
    return this.#to === undefined || this.#reaches(bytes, from, this.#to);
  }

  /** What is not ASCII is left to the regex, since a byte does not tell which character it is of; so is what the text cuts off. */
  #isFollowed(bytes: Uint8Array, from: number, follows: Uint8Array): boolean {
    for (let place = from; place < from + this.#count; place++) {
      const byte = bytes[place];
      if (byte === undefined || byte > 127) return true;
      if (follows[byte] === 0) return false;
    }
    return true;
  }

  /** As {@link #isFollowed}; what is in another line may change while this one does not. */
  #reaches(bytes: Uint8Array, from: number, to: Uint8Array): boolean {
    for (let place = from; place <= from + this.#most; place++) {
      const byte = bytes[place];
      if (byte === undefined || byte > 127 || byte === BREAK || to[byte] === 1) return true;
      if (this.#through?.[byte] !== 1) return false;
    }
    return this.#most >= MOST_BEYOND;
  }
}

const BREAK = 10;

const tables = new Map<string, Uint8Array>();

/** 1 for each ASCII character of a class. */
function tableOf(of: string): Uint8Array {
  let table = tables.get(of);
  if (table === undefined) {
    const one = new RegExp(`^${of}$`, 'u');
    table = Uint8Array.from({ length: 128 }, (_, code) => (one.test(String.fromCharCode(code)) ? 1 : 0));
    tables.set(of, table);
  }
  return table;
}
