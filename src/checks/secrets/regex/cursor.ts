import { PatternError } from './syntax.ts';

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** A place in a pattern's source. */
export class Cursor {
  readonly source: string;
  offset = 0;

  constructor(source: string) {
    this.source = source;
  }

  get done(): boolean {
    return this.offset >= this.source.length;
  }

  at(text: string): boolean {
    return this.source.startsWith(text, this.offset);
  }

  eat(text: string): boolean {
    if (!this.at(text)) return false;
    this.offset += text.length;
    return true;
  }

  expect(text: string, message: string): void {
    if (!this.eat(text)) throw this.error(message);
  }

  /** One code point. */
  next(): number {
    const point = this.source.codePointAt(this.offset);
    if (point === undefined) throw this.error('the pattern ends too early');
    this.offset += point > 0xffff ? 2 : 1;
    return point;
  }

  /** The text up to `end` (or to the end of the pattern), past it. */
  until(end: string): string {
    const found = this.source.indexOf(end, this.offset);
    const text = this.source.slice(this.offset, found === -1 ? undefined : found);
    this.offset = found === -1 ? this.source.length : found + end.length;
    return text;
  }

  /** What a sticky expression finds here. */
  match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.offset;
    const found = sticky.exec(this.source);
    if (found !== null) this.offset += found[0].length;
    return found;
  }

  error(message: string, hint?: string): PatternError {
    return new PatternError(message, this.offset, hint);
  }

  /** A backslash and what follows it, as the one code point it stands for. */
  escape(): number {
    const start = this.offset;
    this.eat('\\');
    if (this.done) throw new PatternError('a backslash at the end', start, 'Write \\\\ for a literal backslash.');
    const hex = this.match(/x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/y);
    if (hex !== null) {
      const point = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
      if (point > 0x10ffff) throw new PatternError('\\x{…} is past the last code point', start);
      return point;
    }
    const octal = this.match(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y);
    if (octal !== null) return Number.parseInt(octal[0], 8);
    const char = String.fromCodePoint(this.next());
    const control = CONTROL[char];
    if (control !== undefined) return control;
    if (/[1-9]/.test(char)) {
      throw new PatternError('back-references are not part of Go’s regular expressions', start);
    }
    if (/[A-Za-z0-9]/.test(char) || (char.codePointAt(0) as number) > 127) {
      throw new PatternError(
        `\\${char} means nothing in Go’s regular expressions`,
        start,
        'Go knows \\b \\B \\A \\z \\d \\s \\w \\pN.',
      );
    }
    return char.codePointAt(0) as number;
  }
}
