/**
 * Values that look drawn by lot but are printed in public on purpose, by their 32-bit FNV-1a hash: the nonces of the
 * handshake of RFC 6455, the tokens and codes in the examples of RFC 6749 and RFC 6750, and a search key that a package
 * manager's site ships. Hashes, since these files hold nothing that looks like a credential.
 */
const PUBLIC: ReadonlySet<number> = new Set([
  0xc4469f68, 0x0b1be581, 0xb0a58386, 0xfcd17dab, 0x8b00e4c8, 0xd8c5d369, 0xb3877a9b, 0xada2fdd5, 0xc9cec95f,
]);

/** FNV-1a over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

export const isPublicValue = (value: string): boolean => PUBLIC.has(fnv1a(value));
