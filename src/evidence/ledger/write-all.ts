import { writeSync } from 'node:fs';

/** Writes at a place (the end, for a descriptor opened to append), however often the system writes less than asked. */
export function writeAll(descriptor: number, bytes: Uint8Array, position: number | null = null): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(descriptor, bytes, at, bytes.length - at, position === null ? null : position + at);
  }
}
