/** Fewer characters would mask half of a log and hide nothing. */
const LEAST = 4;

/** Words that stand in every log: to mask them makes logs unreadable and tells the value to whoever looks for the gaps. */
const COMMON = new Set(
  (
    'true false null none undefined enabled disabled default yes no auto test tests testing prod production staging ' +
    'develop development local localhost main master latest stable release debug info warn warning error trace verbose ' +
    'admin administrator root user username guest runner ubuntu debian linux windows macos node npm python docker ' +
    'push pull_request schedule build deploy install success failure failed passed skipped cancelled changed ' +
    'http https postgres mysql redis public private secret token password passwd pass string number boolean object ' +
    'utf8 utf-8 json yaml'
  ).split(' '),
);

/** Why a value cannot be masked; `undefined` where it can. */
export function unmaskable(value: string): 'too-short' | 'too-common' | undefined {
  const text = value.trim();
  if (text.length < LEAST) return 'too-short';
  const isCommon =
    COMMON.has(text.toLowerCase()) || /^(.)\1*$/su.test(text) || (/^[\s\p{P}]*$/u.test(text) && text.length < 8);
  return isCommon ? 'too-common' : undefined;
}

/** Keys and tokens stand in these; a line of one alone tells nothing. */
const ARMOUR = /^-----(BEGIN|END) [A-Z0-9 ]{1,60}-----$/;

/** The value as it may be printed in parts: without space around it, line by line, its password alone, decoded. */
export function partsOf(value: string): Set<string> {
  const parts = new Set<string>();
  const add = (part: string): void => {
    const text = part.trim();
    if (text !== '' && unmaskable(text) === undefined) parts.add(text);
  };
  add(value);
  const trimmed = value.trim();
  const lines = trimmed.split(/\r\n|[\r\n]/);
  if (lines.length > 1) for (const line of lines) if (isTelling(line)) add(line);
  for (const part of [...passwordOf(trimmed), ...secretsOfJson(trimmed), ...decoded(trimmed)]) {
    for (const line of [part, ...part.split(/\r\n|[\r\n]/)]) if (isTelling(line)) add(line);
  }
  return parts;
}

const isTelling = (line: string): boolean => !ARMOUR.test(line.trim()) && /[\p{L}\p{N}]{2}/u.test(line);

/** `scheme://user:password@host`, as written and decoded. */
function* passwordOf(value: string): Generator<string> {
  const [, password] = /^[A-Za-z][A-Za-z0-9+.-]{0,40}:\/\/[^\s/:@]{0,256}:([^\s/]{1,4096})@[^\s@]/.exec(value) ?? [];
  if (password === undefined) return;
  yield password;
  try {
    yield decodeURIComponent(password);
  } catch {
    // Not percent-encoded: as written is all there is.
  }
}

const SECRET_KEY = /key|secret|token|pass|pwd|credential|private|auth/i;
const MAX_JSON = 64 * 1024;

/** A service account is one secret; programs print its key alone. */
function* secretsOfJson(value: string): Generator<string> {
  if (!value.startsWith('{') || value.length > MAX_JSON) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return;
  }
  const open: unknown[] = [parsed];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, member] of Object.entries(next)) {
      if (typeof member === 'object' && member !== null) open.push(member);
      else if (typeof member === 'string' && SECRET_KEY.test(key) && !/^https?:\/\/[^@]*$/.test(member)) yield member;
    }
  }
}

/** A secret is often kept in base64, because it is binary or has several lines, and is used decoded. */
function* decoded(value: string): Generator<string> {
  const compact = value.replaceAll(/\s/g, '');
  if (compact.length < 12 || compact.length > MAX_JSON || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return;
  const bytes = Buffer.from(compact, 'base64');
  const text = bytes.toString('utf8');
  if (
    /^[\t\n\r\x20-\x7e]+$/.test(text) &&
    bytes.toString('base64url') === compact.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  )
    yield text;
}
