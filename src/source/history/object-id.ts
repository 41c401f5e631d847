/** Object ids stand in packs, trees and indexes as raw bytes: 20 of them (SHA-1) or 32 (SHA-256). */

/** The order of two object ids: negative, 0 or positive. */
export function compareIds(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): number {
  for (let i = 0; i < length; i++) {
    const difference = (a[atA + i] as number) - (b[atB + i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
