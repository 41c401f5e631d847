import { CLASS_BITS, CLASSES } from './byte-classes.ts';
import { COMMON_TRIGRAMS } from './common-trigrams.ts';

/** Four byte classes that stand in a text at an even distance from its begin where a literal does. */
export interface Window {
  readonly classes: number;
  /** How far before the end of the window the literal begins. */
  readonly back: number;
}

/** The shortest literal that has windows. */
const SHORTEST = 3;
const CLASS_COUNT = 1 << CLASS_BITS;
/** Windows are looked for in so much of a literal. */
const FAR_ENOUGH = 256;

/**
 * The windows of a literal: wherever it stands, one of them is at an even place. Two are enough, one for each kind of place;
 * where the literal is too short for that, they take in the character before or behind it, whatever it is. Of the windows
 * that a literal has, those are taken that source text holds least often.
 */
export function windowsOf(literal: string): Window[] {
  if (literal.length === SHORTEST) return [...behind(literal, 0), ...ahead(literal, 0)];
  if (literal.length === SHORTEST + 1) {
    const other = frequency(literal, 0) < frequency(literal, 1) ? ahead(literal, 0) : behind(literal, 1);
    return [exact(literal, 0), ...other];
  }
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + SHORTEST + 2 <= Math.min(literal.length, FAR_ENOUGH); at++) {
    const often = windowFrequency(literal, at) + windowFrequency(literal, at + 1);
    if (often >= least) continue;
    least = often;
    best = at;
  }
  return [exact(literal, best), exact(literal, best + 1)];
}

function exact(literal: string, at: number): Window {
  return { classes: (trigram(literal, at) << CLASS_BITS) | classAt(literal, at + SHORTEST), back: at + SHORTEST + 1 };
}

/** Windows of three characters and any behind them. */
const behind = (literal: string, at: number): Window[] =>
  Array.from({ length: CLASS_COUNT }, (_, any) => ({
    classes: (trigram(literal, at) << CLASS_BITS) | any,
    back: at + SHORTEST + 1,
  }));

/** Windows of three characters and any before them. */
const ahead = (literal: string, at: number): Window[] =>
  Array.from({ length: CLASS_COUNT }, (_, any) => ({
    classes: (any << (SHORTEST * CLASS_BITS)) | trigram(literal, at),
    back: at + SHORTEST,
  }));

const classAt = (text: string, at: number): number => CLASSES[text.charCodeAt(at)] as number;

const trigram = (text: string, at: number): number =>
  (classAt(text, at) << (2 * CLASS_BITS)) | (classAt(text, at + 1) << CLASS_BITS) | classAt(text, at + 2);

/** A window is at most as common as what it holds. */
const windowFrequency = (literal: string, at: number): number =>
  Math.min(frequency(literal, at), frequency(literal, at + 1));

let ranks: ReadonlyMap<number, number> | undefined;

/** About how often source text holds three classes of characters, in no unit: the commoner of two has the greater number. */
function frequency(literal: string, at: number): number {
  ranks ??= new Map(
    Array.from({ length: COMMON_TRIGRAMS.length / SHORTEST }, (_, rank) => [
      trigram(COMMON_TRIGRAMS, rank * SHORTEST),
      rank,
    ]),
  );
  // As with words (Zipf), the n-th is about an n-th as common as the first, and what is in no list hardly ever seen.
  return 1 / (10 + (ranks.get(trigram(literal, at)) ?? UNRANKED));
}

const UNRANKED = 50_000;
