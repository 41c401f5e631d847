import { CLASS_BITS, CLASSES } from './byte-classes.ts';
import { COMMON_TRIGRAMS } from './common-trigrams.ts';

/**
 * Told of a window of a literal: four byte classes that stand in a text at an even distance from its begin where the literal does,
 * and how far before the end of the window the literal begins.
 */
export type EnterWindow = (classes: number, back: number) => void;

/** The shortest literal that has windows. */
const SHORTEST = 3;
const CLASS_COUNT = 1 << CLASS_BITS;
/** Windows are looked for in so much of a literal. */
const FAR_ENOUGH = 256;

/**
 * Gives the windows of a literal: wherever it stands, one of them is at an even place. Two are enough, one for each kind of
 * place; where the literal is too short for that, they take in the character before or behind it, whatever it is. Of the windows
 * that a literal has, those are taken that source text holds least often.
 */
export function windowsOf(literal: string, enter: EnterWindow): void {
  if (literal.length === SHORTEST) {
    behind(literal, 0, enter);
    ahead(literal, 0, enter);
  } else if (literal.length === SHORTEST + 1) {
    exact(literal, 0, enter);
    if (frequency(literal, 0) < frequency(literal, 1)) ahead(literal, 0, enter);
    else behind(literal, 1, enter);
  } else {
    const best = rarest(literal);
    exact(literal, best, enter);
    exact(literal, best + 1, enter);
  }
}

/** Where the rarest two windows begin, one behind the other. */
function rarest(literal: string): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let [first, second] = [frequency(literal, 0), frequency(literal, 1)];
  for (let at = 0; at + SHORTEST + 2 <= Math.min(literal.length, FAR_ENOUGH); at++) {
    const third = frequency(literal, at + 2);
    // A window is at most as common as what it holds.
    const often = Math.min(first, second) + Math.min(second, third);
    [first, second] = [second, third];
    if (often >= least) continue;
    least = often;
    best = at;
  }
  return best;
}

function exact(literal: string, at: number, enter: EnterWindow): void {
  enter((trigram(literal, at) << CLASS_BITS) | classAt(literal, at + SHORTEST), at + SHORTEST + 1);
}

/** Windows of three characters and any behind them. */
function behind(literal: string, at: number, enter: EnterWindow): void {
  const classes = trigram(literal, at) << CLASS_BITS;
  for (let any = 0; any < CLASS_COUNT; any++) enter(classes | any, at + SHORTEST + 1);
}

/** Windows of three characters and any before them. */
function ahead(literal: string, at: number, enter: EnterWindow): void {
  const classes = trigram(literal, at);
  for (let any = 0; any < CLASS_COUNT; any++) enter((any << (SHORTEST * CLASS_BITS)) | classes, at + SHORTEST);
}

const classAt = (text: string, at: number): number => CLASSES[text.charCodeAt(at)] as number;

const trigram = (text: string, at: number): number =>
  (classAt(text, at) << (2 * CLASS_BITS)) | (classAt(text, at + 1) << CLASS_BITS) | classAt(text, at + 2);

/** About how often source text holds each three classes of characters, in no unit: the commoner has the greater number. */
let frequencies: Float32Array | undefined;

const frequency = (literal: string, at: number): number => {
  frequencies ??= reckoned();
  return frequencies[trigram(literal, at)] as number;
};

/** As with words (Zipf), the n-th is about an n-th as common as the first, and what is in no list hardly ever seen. */
function reckoned(): Float32Array {
  const table = new Float32Array(CLASS_COUNT ** SHORTEST).fill(1 / 50_000);
  for (let at = 0; at < COMMON_TRIGRAMS.length; at += SHORTEST) table[trigram(COMMON_TRIGRAMS, at)] = 1 / (10 + at);
  return table;
}
