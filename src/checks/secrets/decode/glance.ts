import { instantiate, type Memory } from '../wasm.ts';
import { BASE64, HEX } from './codecs.ts';
import { WASM } from './encoded.generated.ts';

/** `assembly/encoded.ts`. */
interface Program {
  readonly memory: Memory;
  begin(): void;
  mayDecode(from: number, to: number): number;
}

/** Where the program has its tables; in agreement with it. */
const BASE64_AT = 0x10000;
const HEX_AT = 0x10100;
/** Of what lies around a block, what the program looks at. */
const AROUND = 16;
const BLOCK_AT = 0x10200 + AROUND;
/** Bytes looked at in one go. */
const BLOCK = 32_768;

let loaded: { readonly program: Program; readonly memory: Uint8Array } | undefined;

function load(): NonNullable<typeof loaded> {
  const program = instantiate<Program>(WASM, BLOCK_AT + BLOCK + 2 * AROUND);
  const memory = new Uint8Array(program.memory.buffer);
  memory.set(BASE64, BASE64_AT);
  memory.set(HEX, HEX_AT);
  return { program, memory };
}

/**
 * Whether something in a text could decode to text: an escape that stands for a character, or 16 characters that begin a run and
 * are text in base64 or hexadecimal. Never says no where a part decodes, and of source text, in which names and paths
 * are runs, it says yes to very little. Looks at about three gigabytes a second.
 */
export function mayHoldEncoded(bytes: Uint8Array): boolean {
  loaded ??= load();
  const { program, memory } = loaded;
  const { length } = bytes;
  program.begin();
  for (let from = 0; from < length; from += BLOCK) {
    const to = Math.min(length, from + BLOCK);
    const first = Math.max(0, from - AROUND);
    const last = Math.min(length, to + AROUND);
    memory.set(bytes.subarray(first, last), BLOCK_AT - (from - first));
    const end = BLOCK_AT + (last - from);
    // What an earlier text left behind must not look like the end of this one.
    memory.fill(0, end, end + AROUND);
    if (program.mayDecode(BLOCK_AT, BLOCK_AT + (to - from)) !== 0) return true;
  }
  return false;
}
