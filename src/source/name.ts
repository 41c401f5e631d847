import { isUtf8 } from 'node:buffer';

/**
 * A name as people and reports see it: UTF-8 as it is, and each byte that is not UTF-8 as `\xNN`. Line breaks and other
 * control characters stay: how to show them is a matter of each report.
 */
export function displayName(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8');
  let shown = '';
  let from = 0;
  while (from < name.length) {
    const end = from + validLength(name, from);
    shown += name.toString('utf8', from, end);
    if (end < name.length) shown += `\\x${(name[end] as number).toString(16).padStart(2, '0').toUpperCase()}`;
    from = end + 1;
  }
  return shown;
}

/** How many bytes from `from` on are whole UTF-8 characters. */
function validLength(name: Buffer, from: number): number {
  let at = from;
  while (at < name.length) {
    const length = sequenceLength(name[at] as number);
    if (length === 0 || at + length > name.length || !isUtf8(name.subarray(at, at + length))) break;
    at += length;
  }
  return at - from;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

/**
 * The path of an archive's member as an artifact may have it: relative, POSIX, without `.`, `..`, empty parts, drive
 * letters or NUL. A hostile name loses those parts and keeps the rest, so that what is inside is still scanned;
 * a name of which nothing remains is called `unnamed`.
 */
export function memberPath(name: Buffer): string {
  const parts = name
    .toString('latin1')
    .replaceAll('\\', '/')
    .replaceAll('\0', '')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  while (/^[A-Za-z]:$/.test(parts[0] ?? '')) parts.shift();
  return parts.length === 0 ? 'unnamed' : displayName(Buffer.from(parts.join('/'), 'latin1'));
}

/** Whether a path that git printed stays inside the folder it was asked for. */
export const isInside = (path: string): boolean =>
  path !== '' && !path.startsWith('/') && !(path.includes('..') && path.split('/').includes('..'));
