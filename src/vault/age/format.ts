import { SluiceError } from '#core/error.ts';

/** The header of a file in the age format, version 1 (https://age-encryption.org/v1). */
export interface AgeHeader {
  readonly stanzas: readonly Stanza[];
  /** HMAC-SHA-256 of `authenticated`. */
  readonly mac: Buffer;
  readonly authenticated: Buffer;
  /** What follows the header: a nonce, then the chunks. */
  readonly payload: Buffer;
}

/** The file key for one recipient. */
export interface Stanza {
  readonly type: string;
  readonly args: readonly string[];
  readonly body: Buffer;
}

const VERSION = 'age-encryption.org/v1';
const MAX_HEADER = 64 * 1024;
const MAX_STANZAS = 100;
/** Characters of a full line of a body; a shorter one ends it. */
const COLUMNS = 64;
const WORD = /^[\x21-\x7e]+$/;

/** @throws SluiceError `age-invalid` */
export function parseHeader(file: Buffer): AgeHeader {
  const lines = linesOf(file);
  if (lines.next().value?.text !== VERSION) throw invalid('it does not start with the version of the format');
  const stanzas: Stanza[] = [];
  for (let line = lines.next().value; line !== undefined; line = lines.next().value) {
    if (line.text.startsWith('---')) return endOf(file, line, stanzas);
    if (stanzas.length === MAX_STANZAS) throw invalid(`it has more than ${MAX_STANZAS} recipients`);
    stanzas.push(stanzaOf(line.text, lines));
  }
  throw invalid('its header does not end');
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly next: number;
}

function* linesOf(file: Buffer): Generator<Line, undefined> {
  for (let start = 0; start < Math.min(file.length, MAX_HEADER); ) {
    const end = file.indexOf(10, start);
    if (end === -1 || end > MAX_HEADER) return undefined;
    yield { text: file.toString('latin1', start, end), start, next: end + 1 };
    start = end + 1;
  }
  return undefined;
}

function stanzaOf(line: string, lines: Iterator<Line, undefined>): Stanza {
  const [arrow, type, ...args] = line.split(' ');
  if (arrow !== '->' || type === undefined || ![type, ...args].every((word) => WORD.test(word))) {
    throw invalid('a recipient of it is malformed');
  }
  let body = '';
  for (;;) {
    const text = lines.next().value?.text;
    if (text === undefined || text.length > COLUMNS) throw invalid('the key for a recipient is malformed');
    body += text;
    if (text.length < COLUMNS) return { type, args, body: base64Of(body) };
  }
}

function endOf(file: Buffer, line: Line, stanzas: readonly Stanza[]): AgeHeader {
  const [, mac] = /^--- (\S+)$/.exec(line.text) ?? [];
  if (mac === undefined || stanzas.length === 0) throw invalid('its header does not end as it should');
  const authenticated = file.subarray(0, line.start + '---'.length);
  return { stanzas, mac: base64Of(mac), authenticated, payload: file.subarray(line.next) };
}

/** Without padding, and only the one way in which bytes are written that an encoder writes them. */
export function base64Of(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== text) throw invalid('its base64 is malformed');
  return bytes;
}

const ARMOUR =
  /^\s*-----BEGIN AGE ENCRYPTED FILE-----\r?\n([A-Za-z0-9+/=\r\n]+)\r?\n-----END AGE ENCRYPTED FILE-----\s*$/;

/** The bytes of a file that may be armoured (PEM, strict as RFC 7468 has it, lines of 64). */
export function withoutArmour(file: Buffer): Buffer {
  const isArmoured = file.subarray(0, 1_024).toString('latin1').trimStart().startsWith('-----BEGIN AGE');
  if (!isArmoured) return file;
  const [, body] = ARMOUR.exec(file.toString('latin1')) ?? [];
  if (body === undefined) throw invalid('its armour is malformed');
  const lines = body.split(/\r?\n/);
  const full = lines.slice(0, -1).every((line) => line.length === COLUMNS);
  const text = lines.join('');
  const bytes = Buffer.from(text, 'base64');
  if (!full || (lines.at(-1)?.length ?? 0) > COLUMNS || bytes.toString('base64') !== text) {
    throw invalid('its armour is malformed');
  }
  return bytes;
}

export const invalid = (what: string): SluiceError => new SluiceError('age-invalid', `this is no file of age: ${what}`);
