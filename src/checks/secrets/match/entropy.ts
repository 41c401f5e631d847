const counts = new Uint16Array(128);

/**
 * Shannon entropy in bits per character, as gitleaks measures it: characters are counted as code points, but the length
 * is that of the UTF-8 bytes.
 */
export function shannonEntropy(text: string): number {
  const { length } = text;
  if (length > 60_000) return countedEntropy(text);
  counts.fill(0);
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return countedEntropy(text);
    counts[code] = (counts[code] as number) + 1;
  }
  let entropy = 0;
  for (let code = 0; code < 128; code++) {
    const count = counts[code] as number;
    if (count > 0) entropy -= (count / length) * Math.log2(count / length);
  }
  return entropy;
}

function countedEntropy(text: string): number {
  const seen = new Map<string, number>();
  for (const char of text) seen.set(char, (seen.get(char) ?? 0) + 1);
  const length = Buffer.byteLength(text);
  let entropy = 0;
  for (const count of seen.values()) entropy -= (count / length) * Math.log2(count / length);
  return entropy;
}
