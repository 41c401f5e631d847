/** How many bits a class has; four of them make a window of the prefilter. */
export const CLASS_BITS = 5;

/**
 * Bytes in 32 classes: each letter (both cases) has one of its own, digits two, the rest of what stands in keywords three.
 * Whatever is not ASCII, and white space, is class 0. `assembly/prefilter.ts` reckons them by the sixteen.
 */
export const CLASSES: Uint8Array = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(256);
  for (let letter = 0; letter < 26; letter++) {
    table[97 + letter] = letter + 1;
    table[65 + letter] = letter + 1;
  }
  for (let digit = 0; digit < 10; digit++) table[48 + digit] = digit < 5 ? 27 : 28;
  for (const char of '!"#$%&\'()*+,:;<=>?@[\\]^`{|}~') table[char.charCodeAt(0)] = 31;
  for (const char of './') table[char.charCodeAt(0)] = 30;
  for (const char of '-_\x7f') table[char.charCodeAt(0)] = 29;
  return table;
}

/** Bytes with capital letters made small. */
export const LOWER: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 65 && byte <= 90 ? byte + 32 : byte,
);
