import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Problem } from '#core/problem.ts';
import type { Draft } from './protocol.ts';

/**
 * A cache as it lies on the disk: columns rather than records, so that ten thousand entries are read in milliseconds, and
 * an authentication code at the end, so that whatever is damaged or was written by somebody else is not believed.
 *
 * ```
 * header        one line of JSON: version, digest, number of entries, sizes of the columns
 * paths         joined by NUL
 * stamps        joined by NUL; empty where only the hash can be trusted
 * hashes        32 hexadecimal digits or spaces each
 * counts        artifacts, bytes and binary ones: three doubles each, little-endian
 * said          JSON: [[index, [drafts, problems]], …] for the few entries that have any
 * code          HMAC-SHA-256 of all before
 * ```
 */
export interface CacheTable {
  readonly paths: string[];
  readonly stamps: string[];
  /** Empty where there is none. */
  readonly hashes: string[];
  /** Three numbers an entry: artifacts, bytes, binary. */
  readonly counts: number[];
  readonly said: Map<number, Said>;
}

export type Said = readonly [drafts: readonly Draft[], problems: readonly Problem[]];

const VERSION = 1;
const CODE_BYTES = 32;
const HASH_DIGITS = 32;
const NO_HASH = ' '.repeat(HASH_DIGITS);
const COUNTS = 3;
const LONGEST_HEADER = 1_000;

interface Header {
  readonly sluiceCache: number;
  readonly digest: string;
  readonly entries: number;
  /** Bytes of paths, stamps and what was said. */
  readonly sizes: readonly [number, number, number];
}

export const emptyTable = (): CacheTable => ({ paths: [], stamps: [], hashes: [], counts: [], said: new Map() });

/** The bytes of a cache whose answers hold while `digest` is the same. */
export function encodeTable(table: CacheTable, digest: string, key: Uint8Array): Buffer {
  const paths = Buffer.from(table.paths.join('\0'), 'utf8');
  const stamps = Buffer.from(table.stamps.join('\0'), 'utf8');
  const said = Buffer.from(JSON.stringify([...table.said]), 'utf8');
  const sizes = [paths.length, stamps.length, said.length] as const;
  const header: Header = { sluiceCache: VERSION, digest, entries: table.paths.length, sizes };
  const hashes = table.hashes.map((hash) => hash.padEnd(HASH_DIGITS)).join('');
  const counts = Buffer.from(Float64Array.from(table.counts).buffer);
  const body = Buffer.concat([
    Buffer.from(`${JSON.stringify(header)}\n`, 'utf8'),
    paths,
    stamps,
    Buffer.from(hashes, 'latin1'),
    counts,
    said,
  ]);
  return Buffer.concat([body, codeOf(body, key)]);
}

/** `undefined` for anything that is not such a cache, whole, made with this key and for this digest. */
export function decodeTable(bytes: Buffer, digest: string, key: Uint8Array): CacheTable | undefined {
  const body = bytes.subarray(0, Math.max(0, bytes.length - CODE_BYTES));
  const code = bytes.subarray(body.length);
  if (code.length !== CODE_BYTES || !timingSafeEqual(code, codeOf(body, key))) return undefined;
  // From here on we read what we wrote.
  const lineEnd = body.subarray(0, LONGEST_HEADER).indexOf('\n');
  const header = JSON.parse(body.toString('utf8', 0, Math.max(0, lineEnd))) as Header;
  if (header.sluiceCache !== VERSION || header.digest !== digest) return undefined;
  return readColumns(body.subarray(lineEnd + 1), header);
}

function readColumns(body: Buffer, { entries, sizes }: Header): CacheTable {
  let at = 0;
  const next = (size: number): Buffer => {
    at += size;
    return body.subarray(at - size, at);
  };
  const paths = split(next(sizes[0]), entries);
  const stamps = split(next(sizes[1]), entries);
  const digits = next(entries * HASH_DIGITS).toString('latin1');
  const counts = Uint8Array.from(next(entries * COUNTS * Float64Array.BYTES_PER_ELEMENT));
  const hashes = paths.map((_, index) => {
    const hash = digits.slice(index * HASH_DIGITS, (index + 1) * HASH_DIGITS);
    return hash === NO_HASH ? '' : hash;
  });
  const said = new Map(JSON.parse(next(sizes[2]).toString('utf8')) as [number, Said][]);
  return { paths, stamps, hashes, counts: Array.from(new Float64Array(counts.buffer)), said };
}

const split = (bytes: Buffer, entries: number): string[] => (entries === 0 ? [] : bytes.toString('utf8').split('\0'));

const codeOf = (body: Uint8Array, key: Uint8Array): Buffer => createHmac('sha256', key).update(body).digest();
