/** Expressions are compiled when first needed: most rules never meet their keyword in a scan. */
const compiled = new Map<string, RegExp>();

/** The expression for a V8 source, one object per source and flags. Its `lastIndex` is the caller's to set. */
export function expression(source: string, flags: 'u' | 'gu' | 'yu' | 'du'): RegExp {
  const key = `${flags}${source}`;
  let regex = compiled.get(key);
  if (regex === undefined) {
    regex = new RegExp(source, flags);
    compiled.set(key, regex);
  }
  return regex;
}

export const matches = (source: string | undefined, text: string): boolean =>
  source !== undefined && text !== '' && expression(source, 'u').test(text);
