/*
 * What looks at every byte of a scan for encodings: `src/checks/secrets/decode/glance.ts` says what for, fills the tables, and
 * sees to it that 16 bytes can be read on both sides of a text.
 */

/** The values of base64 and of hexadecimal digits; of hexadecimal, 255 where a byte is none. */
const BASE64: usize = 0x10000;
const HEX: usize = 0x10100;

/** Characters that make a run worth looking at, and so many as one block has. */
const LEAST: i32 = 16;

/** How many characters of a run stand before the place where the next call goes on; {@link LEAST}: the run was looked at. */
let trail: i32 = 0;

export function begin(): void {
  trail = 0;
}

/**
 * Where something that may decode to text begins, in `from <= i < to` or a few places before or behind; 0: nowhere. `from` goes on
 * where the last call's `to` was, and their difference is a multiple of 16 unless the text ends there.
 */
export function place(from: usize, to: usize): usize {
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at);
    const signs = signsIn(bytes);
    const found = v128.any_true(signs) ? escapeAt(at, i8x16.bitmask(signs)) : 0;
    const run = i8x16.bitmask(runsIn(bytes));
    const lead = ctz(~run);
    // A run that ends here begins before any escape that stands behind it.
    if (trail < LEAST && trail + lead >= LEAST && looksLikeText(at - trail)) return at - trail;
    if (found !== 0) return found;
    trail = run === 0xffff ? LEAST : clz(~(run << 16));
  }
  return 0;
}

/** Where `%`, `\` or `U` stand. */
function signsIn(bytes: v128): v128 {
  return v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(0x25)), i8x16.eq(bytes, i8x16.splat(0x5c))),
    i8x16.eq(bytes, i8x16.splat(0x55)),
  );
}

/** Where letters, digits or one of `+/-_` stand: of each half of a byte a table says to which kinds it can belong. */
function runsIn(bytes: v128): v128 {
  const low = i8x16.swizzle(
    i8x16(0x1a, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1c, 0x05, 0x04, 0x05, 0x04, 0x0d),
    v128.and(bytes, i8x16.splat(0x0f)),
  );
  const high = i8x16.swizzle(i8x16(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(bytes, 4));
  return i8x16.ne(v128.and(low, high), i8x16.splat(0));
}

/** The first of these of 16 places at which an escape that stands for text begins; 0: none. */
function escapeAt(at: usize, signs: i32): usize {
  for (let rest = signs; rest !== 0; rest &= rest - 1) {
    const sign = at + <usize>ctz(rest);
    const byte = load<u8>(sign);
    const second = load<u8>(sign + 1);
    if (byte === 0x25) {
      if (isText((hexAt(sign + 1) << 4) | hexAt(sign + 2))) return sign;
    } else if (byte === 0x5c ? (second | 0x20) === 0x75 : second === 0x2b) {
      if ((hexAt(sign + 2) | hexAt(sign + 3) | hexAt(sign + 4) | hexAt(sign + 5)) < 16) return sign;
    }
  }
  return 0;
}

/** Whether the first 16 characters of a run give text, as base64 or as hexadecimal. */
function looksLikeText(start: usize): bool {
  let isBase64 = true;
  for (let at = start; isBase64 && at < start + 16; at += 4) {
    const value = (base64At(at) << 18) | (base64At(at + 1) << 12) | (base64At(at + 2) << 6) | base64At(at + 3);
    isBase64 = isText(value >> 16) && isText((value >> 8) & 0xff) && isText(value & 0xff);
  }
  if (isBase64) return true;
  for (let at = start; at < start + 16; at += 2) if (!isText((hexAt(at) << 4) | hexAt(at + 1))) return false;
  return true;
}

function base64At(at: usize): u32 {
  return <u32>load<u8>(BASE64 + <usize>load<u8>(at));
}

function hexAt(at: usize): u32 {
  return <u32>load<u8>(HEX + <usize>load<u8>(at));
}

/** As `isText` in `src/checks/secrets/decode/codecs.ts`; what comes of a byte that is no digit is far beyond. */
function isText(code: u32): bool {
  return code > 8 && code < 127;
}
