/**
 * One symbol of an encoded value, and every way in which it may be written. An encoder decides for each symbol alone, so a
 * value of n symbols needs n units and not every combination of their forms.
 */
export class Unit {
  readonly forms: readonly Buffer[];
  readonly #byFirst = new Map<number, Buffer[]>();

  constructor(forms: Iterable<string | Buffer>) {
    const distinct = new Map<string, Buffer>();
    for (const form of forms) {
      const bytes = typeof form === 'string' ? Buffer.from(form, 'utf8') : form;
      distinct.set(bytes.toString('latin1'), bytes);
    }
    this.forms = [...distinct.values()];
    for (const form of this.forms) {
      const first = form[0] as number;
      const same = this.#byFirst.get(first);
      if (same === undefined) this.#byFirst.set(first, [form]);
      else same.push(form);
    }
  }

  startingWith(byte: number): readonly Buffer[] | undefined {
    return this.#byFirst.get(byte);
  }
}

/** What may stand between two symbols: a separator, a line break that an encoder put in. */
export interface Gap {
  /** Its short forms, so that a pattern is recognised although it stands within the first four bytes. */
  readonly forms: readonly string[];
  /** Whether there must be one. */
  readonly required?: boolean;
  /** Adds to `ends` where a gap that starts at `at` may end. True where the text ends before that can be told. */
  skip(text: Buffer, at: number, ends: number[]): boolean;
}

/** A value in one family of encodings. */
export interface Pattern {
  readonly units: readonly Unit[];
  readonly gap?: Gap;
  /** Widens a match to what else tells of the value; `OPEN` where the text ends before that can be told. */
  widen?(text: Buffer, span: { start: number; end: number }): typeof OPEN | undefined;
}

/** The text ends before that can be told. */
export const OPEN = -1;

/** What a text says about a pattern. Both may hold: what is there is a form of the value, and with more text a longer one. */
export interface Reading {
  /** Where the longest form ends; undefined where there is none. */
  readonly end: number | undefined;
  readonly open: boolean;
}

/** A text of nothing but backslashes has many readings; past so many at once the first ones suffice. */
const MAX_READINGS = 64;

/**
 * Reads the text from `start` on as a form of the pattern. Follows all readings of the text at
 * once, so it takes time linear in the length of the form.
 */
export function matchAt(text: Buffer, start: number, { units, gap }: Pattern): Reading {
  let ends: number[] = [start];
  let open = false;
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index] as Unit;
    if (gap !== undefined && index > 0) {
      const starts = gap.required === true ? [] : [...ends];
      for (const end of ends) if (gap.skip(text, end, starts)) open = true;
      ends = starts;
    }
    const next: number[] = [];
    for (const end of ends) if (advance(text, end, unit, next)) open = true;
    if (next.length === 0) return { end: undefined, open };
    ends = next;
  }
  return { end: Math.max(...ends), open };
}

/** Adds where a form of the unit at `at` ends; true where the text ends within one. */
function advance(text: Buffer, at: number, unit: Unit, ends: number[]): boolean {
  if (at >= text.length) return true;
  let open = false;
  for (const form of unit.startingWith(text[at] as number) ?? []) {
    const length = commonLength(text, at, form);
    if (length === form.length) {
      const end = at + length;
      if (ends.length < MAX_READINGS && !ends.includes(end)) ends.push(end);
    } else if (at + length === text.length) open = true;
  }
  return open;
}

function commonLength(text: Buffer, at: number, form: Buffer): number {
  let length = 1;
  while (length < form.length && at + length < text.length && text[at + length] === form[length]) length += 1;
  return length;
}

/** The bytes by which a pattern is looked up. */
export const PREFIX = 4;

/** Every way in which the pattern may start, as its first four bytes. A pattern is never shorter than that. */
export function prefixesOf({ units, gap }: Pattern): Set<string> {
  const prefixes = new Set<string>();
  const between = [...(gap?.required === true ? [] : ['']), ...(gap?.forms ?? [])].map((form) =>
    Buffer.from(form).toString('latin1'),
  );
  let open = new Set(['']);
  for (const [index, unit] of units.entries()) {
    const next = new Set<string>();
    for (const prefix of open) {
      for (const separator of index === 0 ? [''] : between) {
        for (const form of unit.forms) {
          const longer = prefix + separator + form.toString('latin1');
          if (longer.length >= PREFIX) prefixes.add(longer.slice(0, PREFIX));
          else next.add(longer);
        }
      }
    }
    if (next.size === 0) break;
    open = next;
  }
  return prefixes;
}
