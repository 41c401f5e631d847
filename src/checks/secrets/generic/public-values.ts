/**
 * Values that look drawn by lot but are printed in public on purpose, by their 32-bit FNV-1a hash: the nonce of RFC 6455's
 * handshake, and search keys that package managers ship.
 */
const PUBLIC: ReadonlySet<number> = new Set([0xc4469f68, 0xb1be581, 0xb0a58386]);

/** FNV-1a over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

export const isPublicValue = (value: string): boolean => PUBLIC.has(fnv1a(value));
