type Flags = 'u' | 'gu' | 'yu' | 'du';

/** Expressions are compiled when first needed: most rules never meet their keyword in a scan. */
const compiled: Readonly<Record<Flags, Map<string, RegExp>>> = {
  u: new Map(),
  gu: new Map(),
  yu: new Map(),
  du: new Map(),
};

/** The expression for a V8 source, one object per source and flags. Its `lastIndex` is the caller's to set. */
export function expression(source: string, flags: Flags): RegExp {
  let regex = compiled[flags].get(source);
  if (regex === undefined) {
    regex = new RegExp(source, flags);
    compiled[flags].set(source, regex);
  }
  return regex;
}

/** Whether an expression matches anywhere in a text; without an expression, or in an empty text, it does not. */
export const matches = (source: string | undefined, text: string): boolean =>
  source !== undefined && text !== '' && expression(source, 'u').test(text);
