import { Unit } from './pattern.ts';

/*
 * Every way in which a character is escaped by the programs that people print secrets with: URLs, JSON, XML and HTML, shells,
 * PowerShell, cmd. Encoders differ in which characters they escape, so each character may stand in any of its forms.
 */

const units = new Map<number, Unit>();

/** The forms of a code point. Shared by all secrets, so the table stays small. */
export function escapesOf(codePoint: number): Unit {
  let unit = units.get(codePoint);
  if (unit === undefined) {
    unit = new Unit(formsOf(codePoint));
    units.set(codePoint, unit);
  }
  return unit;
}

function* formsOf(codePoint: number): Generator<string | Buffer> {
  const character = String.fromCodePoint(codePoint);
  yield character;
  yield* bytewise(Buffer.from(character));
  yield* unicodeEscapes(codePoint);
  yield* references(codePoint);
  if (codePoint < 0x80 && !/[A-Za-z0-9]/.test(character)) yield* quoted(character);
  else if (codePoint >= 0x80 && codePoint < 0x100) yield Buffer.of(codePoint);
}

/** `%C3%A9`, also encoded twice; `=C3=A9` in mail; `\xc3\xa9`; `\303\251`. */
function* bytewise(bytes: Buffer): Generator<string> {
  const each = (form: (byte: number) => string): string => [...bytes].map(form).join('');
  for (const hex of [lower, upper]) {
    yield each((byte) => `%${hex(byte, 2)}`);
    yield each((byte) => `%25${hex(byte, 2)}`);
    yield each((byte) => `=${hex(byte, 2)}`);
    yield each((byte) => `\\x${hex(byte, 2)}`);
    yield each((byte) => `\\\\x${hex(byte, 2)}`);
  }
  yield each((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  yield each((byte) => `\\0${byte.toString(8).padStart(3, '0')}`);
}

/** `\u00e9`, with surrogates as JSON has them, and the forms of JavaScript and of bash. */
function* unicodeEscapes(codePoint: number): Generator<string> {
  const halves = [...String.fromCodePoint(codePoint)].flatMap((text) =>
    Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)),
  );
  for (const hex of [lower, upper]) {
    yield halves.map((half) => `\\u${hex(half, 4)}`).join('');
    yield halves.map((half) => `\\\\u${hex(half, 4)}`).join('');
    yield `\\u{${hex(codePoint, 1)}}`;
    yield `\\U${hex(codePoint, 8)}`;
  }
}

const NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** `&#233;`, `&#xe9;`, `&amp;`, and the same escaped once more. */
function* references(codePoint: number): Generator<string> {
  const bodies = [`#${codePoint}`, `#${String(codePoint).padStart(3, '0')}`];
  for (const hex of [lower, upper]) {
    for (const width of [1, 2, 4]) bodies.push(`#x${hex(codePoint, width)}`, `#X${hex(codePoint, width)}`);
  }
  const name = NAMES[String.fromCodePoint(codePoint)];
  if (name !== undefined) bodies.push(name);
  for (const body of bodies) {
    yield `&${body};`;
    yield `&amp;${body};`;
  }
}

const LETTER: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
  '\v': 'v',
  '\u001b': 'e',
  '\u0007': 'a',
  '\0': '0',
};

/** With backslashes (once, twice, thrice encoded), with the backtick of PowerShell, the caret of cmd, and quotes doubled or spliced. */
function* quoted(character: string): Generator<string> {
  const letter = LETTER[character];
  for (const depth of [1, 2, 4]) {
    const slashes = '\\'.repeat(depth);
    if (letter !== undefined) yield slashes + letter;
    if (character === '\\') yield '\\'.repeat(depth * 2);
    else yield* ['\\'.repeat(depth * 2 - 1) + character, slashes + character];
  }
  yield `\`${letter ?? character}`;
  yield `^${character}`;
  if (character === ' ') yield '+';
  if (character === '\n') yield* ['\r\n', '\\r\\n', '%0D%0A', '%0d%0a', '`r`n', '&#13;&#10;', '&#xD;&#xA;'];
  if (character === "'") yield* ["''", `'\\''`, `'"'"'`, `'\\\\''`];
  if (character === '"') yield* ['""', `"'"'"`];
  if (character === '%') yield '%%';
}

const lower = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const upper = (value: number, width: number): string => lower(value, width).toUpperCase();
