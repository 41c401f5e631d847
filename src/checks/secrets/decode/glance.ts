import { instantiate, type Memory } from '../wasm.ts';
import { BASE64, HEX } from './codecs.ts';
import { WASM } from './encoded.generated.ts';

/** `assembly/encoded.ts`. */
interface Program {
  readonly memory: Memory;
  begin(): void;
  place(from: number, to: number): number;
}

/** Where the program has its tables; in agreement with it. */
const BASE64_AT = 0x10000;
const HEX_AT = 0x10100;
/** Of what lies around a block, what the program looks at. */
const AROUND = 16;
const BLOCK_AT = 0x10200 + AROUND;
/** Bytes looked at in one go. */
const BLOCK = 32_768;
const FIRST_BLOCK = 1_024;

let loaded: { readonly program: Program; readonly memory: Uint8Array } | undefined;

function load(): NonNullable<typeof loaded> {
  const program = instantiate<Program>(WASM, BLOCK_AT + BLOCK + 2 * AROUND);
  const memory = new Uint8Array(program.memory.buffer);
  memory.set(BASE64, BASE64_AT);
  memory.set(HEX, HEX_AT);
  return { program, memory };
}

/**
 * Where, at `from` or behind, the first thing stands that could decode to text: an escape of a character, or 16 characters
 * that begin a run and are text in base64 or hexadecimal; -1: nowhere. What decodes begins in the same line at the earliest,
 * and nothing that decodes stands before it. Of source text, in which names and paths are runs, that is very little.
 * Looks at about three gigabytes a second.
 */
export function encodedFrom(bytes: Uint8Array, from: number): number {
  loaded ??= load();
  const { program, memory } = loaded;
  const { length } = bytes;
  program.begin();
  // Whoever goes on within a text has found something before, and will soon again.
  let block = from === 0 ? BLOCK : FIRST_BLOCK;
  for (let at = from; at < length; block = Math.min(BLOCK, block * 2)) {
    const to = Math.min(length, at + block);
    const first = Math.max(from, at - AROUND);
    const last = Math.min(length, to + AROUND);
    const shift = BLOCK_AT - at;
    memory.set(bytes.subarray(first, last), first + shift);
    // What an earlier text left behind must not look like the end of this one.
    memory.fill(0, last + shift, last + shift + AROUND);
    const place = program.place(BLOCK_AT, to + shift);
    if (place !== 0) return place - shift;
    at = to;
  }
  return -1;
}
