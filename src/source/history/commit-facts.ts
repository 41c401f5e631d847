import { isUtf8 } from 'node:buffer';
import type { ObjectStore } from './object-store.ts';
import { COMMIT } from './pack.ts';

/** Who wrote a commit and when, from its `author` header. */
export interface CommitFacts {
  readonly author: string;
  readonly email: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Seconds since 1970. */
  readonly time: number;
}

const UNKNOWN: CommitFacts = { author: '', email: '', date: '1970-01-01T00:00:00Z', time: 0 };

/** The latest moment that an ISO date of four digits can say. */
const LATEST = 253_402_300_799;

/** Reads the author of a commit; empty where the commit has none. */
export function readFacts(store: ObjectStore, id: string): CommitFacts {
  const object = store.read(id);
  if (object === undefined || object.type !== COMMIT) return UNKNOWN;
  const end = object.content.indexOf('\n\n');
  const header = object.content.subarray(0, end === -1 ? object.content.length : end);
  return parseAuthor(header.toString(isUtf8(header) ? 'utf8' : 'latin1'));
}

/** Broken author lines exist in old histories; what can be read of one is kept. */
export function parseAuthor(header: string): CommitFacts {
  const line = header.split('\n').find((each) => each.startsWith('author '));
  if (line === undefined) return UNKNOWN;
  const open = line.indexOf('<');
  const close = line.lastIndexOf('>');
  const author = line.slice('author '.length, open === -1 ? undefined : open).trim();
  const email = open === -1 || close < open ? '' : line.slice(open + 1, close).trim();
  const time = Math.min(Number(/(-?\d{1,15})(?: [+-]\d+)?\s*$/.exec(line.slice(close + 1))?.[1] ?? 0), LATEST);
  return { author, email, time, date: `${new Date(Math.max(0, time) * 1000).toISOString().slice(0, 19)}Z` };
}
