import { createHash } from 'node:crypto';
import type { Anchor, CheckId } from '#core/check.ts';
import type { Span } from '#core/secret.ts';
import { shannonEntropy } from './match/entropy.ts';
import { linesOf } from './match/surface.ts';

/** From this strength on nobody finds the secret by trying, so that a hash of it may be published. */
const STRONG_BITS = 64;
/** Hexadecimal digits of the hash that stand for a weak secret: 12 bits, so that every dictionary has many that fit. */
const WEAK_DIGITS = 3;
const STRONG_DIGITS = 32;
const DOMAIN = 'sluice/secret/v1\0';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * What identifies a secret. A strong one is known by a hash of itself, wherever it stands. A weak one (a password) by a
 * few bits of its hash and by the line it stands in without it: whoever reads a published fingerprint can rule out
 * words, but never tell which of the many that are left it is. So few bits can be met on purpose: the anchor says so.
 */
export function anchorOf(check: CheckId, value: string, string: string, span: Span, hidden: readonly Span[]): Anchor {
  const hash = sha256(DOMAIN + value);
  const key = sha256(`${check}\0${value}`);
  if (strengthOf(value) >= STRONG_BITS) return { key, stable: `s:${hash.slice(0, STRONG_DIGITS)}` };
  const context = sha256(contextOf(string, span, hidden)).slice(0, STRONG_DIGITS);
  return { key, stable: `w:${hash.slice(0, WEAK_DIGITS)}:${context}`, weak: true };
}

/** For a finding that is about a path alone. */
export function pathAnchor(check: CheckId, path: string): Anchor {
  const key = sha256(`${check}\0path\0${path}`);
  return { key, stable: `p:${sha256(path).slice(0, STRONG_DIGITS)}` };
}

/** The lines around a secret with every secret in them cut out and blanks made one, so that reformatting changes nothing. */
function contextOf(string: string, span: Span, hidden: readonly Span[]): string {
  const before = string.lastIndexOf('\n', Math.max(0, span.start - 1));
  const base = span.start === 0 ? 0 : before + 1;
  const lines = linesOf(string, span);
  let text = '';
  let from = 0;
  for (const { start, end } of hidden.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (end <= base + from || start >= base + lines.length) continue;
    text += `${lines.slice(from, Math.max(from, start - base))}*`;
    from = Math.min(lines.length, end - base);
  }
  return (text + lines.slice(from)).replace(/\s+/g, ' ').trim();
}

/**
 * Bits a guesser must find, estimated from below: characters by the entropy of the secret itself, but runs of letters
 * of one case like those of words by what English leaves open (Shannon, 1951).
 */
export function strengthOf(value: string): number {
  const words = value.match(/[A-Z]?[a-z]{3,}|[A-Z]{4,}/g) ?? [];
  const inWords = words.reduce((sum, word) => sum + word.length, 0);
  const each = shannonEntropy(value);
  return Math.max(0, (value.length - inWords) * each) + inWords * Math.min(each, BITS_PER_LETTER_OF_WORDS);
}

const BITS_PER_LETTER_OF_WORDS = 2;
