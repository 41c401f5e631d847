import type { Span } from '#core/secret.ts';
import type { Confidence } from '#core/severity.ts';
import { type Name, nameAt } from './name.ts';
import { type FileKind, fileKind, levelIn } from './path.ts';
import { evidenceOfChance } from './randomness.ts';
import { hasDigit, isHarmless, kindsOf, UUID } from './shape.ts';
import { BareEnds, type Value, valueAfter } from './value.ts';

/** Lower-case words at which {@link detectGeneric} wants to be called; `keyword` is one of them. */
export const GENERIC_KEYWORDS = ['pass', 'pwd', 'secret', 'token', 'key', 'auth', 'cred'] as const;

/** What the detector says about one place. Spans are indices into the text it was given. */
export interface GenericFinding {
  /** From the name to the end of the value. */
  readonly match: Span;
  readonly secret: Span;
  readonly confidence: Confidence;
  /** Fixed statements of ours that speak for it. Never scanned text. */
  readonly reasons: readonly string[];
}

/**
 * Finds a credential of no known provider: a name that says secret, bound to a literal that looks drawn by lot (or, for
 * passwords, like something a person would choose), in whatever language or format.
 *
 * `at` is the index in `text` where `keyword` (one of {@link GENERIC_KEYWORDS}, whatever its case in the text) stands. Looks at
 * most about 700 characters around it, so its time does not depend on the length of the text; most calls end after a
 * few characters. Of several keywords in one name, only the call for the decisive one answers. Pure, and never throws.
 *
 * `path` is where the text is from: in tests, samples and documentation the confidence is lower, and there are no
 * findings in lock files and other generated text. Without it every file is taken for ordinary source. Who asks for many
 * places of one text, in ascending order, hands in the same `ends` each time.
 */
export function detectGeneric(
  text: string,
  at: number,
  keyword: string,
  path?: string,
  ends: BareEnds = new BareEnds(),
): GenericFinding | undefined {
  const found = candidateAt(text, at, keyword, ends);
  if (found === undefined) return undefined;
  const { name, value, weighed } = found;
  const confidence = inFile(weighed.level, path === undefined ? 'ordinary' : fileKind(path), text, value.span);
  if (confidence === undefined) return undefined;
  return {
    match: { start: name.span.start, end: value.span.end },
    secret: value.span,
    confidence,
    reasons: [REASONS[name.word] ?? 'the name says that it holds a secret', weighed.reason],
  };
}

/** Whether {@link detectGeneric} finds something here in some file, given no more than the text around the place. */
export const mayHoldSecret = (text: string, at: number, keyword: string): boolean =>
  candidateAt(text, at, keyword, new BareEnds()) !== undefined;

interface Candidate {
  readonly name: Name;
  readonly value: Value;
  readonly weighed: Weighed;
}

/** What name and value say by themselves, before the file they stand in is asked. */
function candidateAt(text: string, at: number, keyword: string, ends: BareEnds): Candidate | undefined {
  const name = nameAt(text, at, keyword);
  if (name === undefined) return undefined;
  const value = valueAfter(text, name.span, ends);
  if (value === undefined) return undefined;
  const { start, end } = value.span;
  if (end - start < SHORTEST) return undefined;
  const literal = text.slice(start, end);
  if (isHarmless(literal)) return undefined;
  const weighed = weigh(name, value, literal);
  return weighed === undefined ? undefined : { name, value, weighed };
}

const SHORTEST = 8;

/** Level 1 is low confidence, 2 medium, 3 high. */
interface Weighed {
  readonly level: number;
  readonly reason: string;
}

const CHANCE = 'the value looks drawn by lot';
const CHOSEN = 'the value looks like a password that a person chose';

/** Bits that name and binding are worth, on top of what the value itself says. */
const NAME_BITS = [0, 4, 8, 12] as const;
const THRESHOLDS = [24, 36, 64] as const;

function weigh(name: Name, value: Value, literal: string): Weighed | undefined {
  if (UUID.test(literal))
    return name.strength === 3 && value.quoted ? { level: 1, reason: 'the value is a random UUID' } : undefined;
  const evidence = evidenceOfChance(literal);
  const unlikely = (isLiteral(name, value) ? 0 : 6) + (value.binding === 'assigned' ? 0 : 6);
  const score = evidence + (NAME_BITS[name.strength] ?? 0) - unlikely;
  const level = THRESHOLDS.filter((threshold) => score >= threshold).length;
  // A value without a digit is most often a name of something, however odd.
  const drawn = hasDigit(literal) ? level : Math.min(level, literal.length >= 24 ? level : 0);
  if (drawn > 0 && evidence > 8 && literal.length >= 10) return { level: drawn, reason: CHANCE };
  return isChosen(name, value, literal, evidence) ? { level: chosenLevel(literal), reason: CHOSEN } : undefined;
}

/** Long and of every kind of character, as rules for passwords demand: more than a sample that somebody made up in passing. */
const chosenLevel = (literal: string): number => (literal.length >= 12 && kindsOf(literal) >= 4 ? 2 : 1);

/** In quotes, or bound without a space, as in settings and on command lines: elsewhere bare words are references. */
const isLiteral = (name: Name, value: Value): boolean => value.quoted || value.span.start === name.span.end + 1;

/** `Config.PASSWORD`: a reference to something else. */
const MEMBER = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;

/** `password = "Summer2024!"`: three kinds of characters after a name that can only be a password's. */
function isChosen(name: Name, value: Value, literal: string, evidence: number): boolean {
  return (
    name.strength === 3 &&
    name.word.startsWith('pass') &&
    isLiteral(name, value) &&
    (value.quoted || (evidence > -6 && !MEMBER.test(literal))) &&
    value.binding === 'assigned' &&
    literal.length <= 40 &&
    hasDigit(literal) &&
    kindsOf(literal) >= 3
  );
}

const inFile = (level: number, kind: FileKind, text: string, span: Span): Confidence | undefined =>
  CONFIDENCE[levelIn(level, kind) - (isCrammed(text, span) ? 1 : 0)];

const CONFIDENCE: Readonly<Record<number, Confidence>> = { 1: 'low', 2: 'medium', 3: 'high' };

/** Minified text: no line break for a long way on either side. */
function isCrammed(text: string, { start, end }: Span): boolean {
  return (
    !text.slice(Math.max(0, start - 400), start).includes('\n') &&
    start > 400 &&
    !text.slice(end, end + 400).includes('\n')
  );
}

const REASONS: Readonly<Record<string, string>> = {
  password: 'the name says password',
  passwords: 'the name says password',
  passwd: 'the name says password',
  pwd: 'the name says password',
  pass: 'the name says password',
  passphrase: 'the name says passphrase',
  passcode: 'the name says passcode',
  secret: 'the name says secret',
  secrets: 'the name says secret',
  token: 'the name says token',
  tokens: 'the name says token',
  key: 'the name says key',
  keys: 'the name says key',
  auth: 'the name says authentication',
  authorization: 'the name says authorization',
  cred: 'the name says credential',
  creds: 'the name says credential',
  credential: 'the name says credential',
  credentials: 'the name says credential',
};
