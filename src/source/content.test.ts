import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBinaryHead, recognise } from './content.ts';

const utf16be = (string: string): Buffer => Buffer.from(string, 'utf16le').swap16();
const textOf = (bytes: Buffer): string | undefined => recognise(bytes).text?.string;

/** As source text is: mostly ASCII. */
const sourceText = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }) },
      { weight: 1, arbitrary: fc.constantFrom('é', '日', '😀', '\n') },
    ),
  )
  .map((parts) => `const key = 1;\n${parts.join('')}`);

describe('recognise', () => {
  it.each([
    ['nothing', Buffer.alloc(0), ''],
    ['ASCII', Buffer.from('a = 1\n'), 'a = 1\n'],
    ['UTF-8', Buffer.from('clé = ✓\n'), 'clé = ✓\n'],
    ['UTF-8 with its mark', Buffer.from('\uFEFFkey'), 'key'],
    ['UTF-16LE with its mark', Buffer.from('\uFEFFkey = é', 'utf16le'), 'key = é'],
    ['UTF-16BE with its mark', utf16be('\uFEFFkey = é'), 'key = é'],
    ['UTF-16LE', Buffer.from('key = value', 'utf16le'), 'key = value'],
    ['UTF-16BE', utf16be('key = value'), 'key = value'],
    ['UTF-16 with half a unit at its end', Buffer.from([...Buffer.from('\uFEFFkey', 'utf16le'), 0x41]), 'key'],
    ['latin1', Buffer.from('mot de passe oublié', 'latin1'), 'mot de passe oublié'],
    ['windows-1252', Buffer.from([0x93, 0x61, 0x94, 0x80]), '“a”€'],
  ])('reads %s', (_name, bytes, expected) => {
    expect(textOf(bytes)).toBe(expected);
  });

  it.each([
    ['UTF-8', Buffer.from('é'), undefined],
    ['UTF-16LE', Buffer.from('\uFEFFé', 'utf16le'), 'utf-16le'],
    ['UTF-16BE', utf16be('\uFEFFé'), 'utf-16be'],
    ['latin1', Buffer.from('é', 'latin1'), 'windows-1252'],
  ])('notes what it transcribed: %s', (_name, bytes, encoding) => {
    expect(recognise(bytes).encoding).toBe(encoding);
  });

  it.each([
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48])],
    ['an executable', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0])],
    ['a NUL in text', Buffer.from('some text\0more text')],
    ['only NULs', Buffer.alloc(100)],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0])],
    ['random bytes without NUL', Buffer.from(Array.from({ length: 400 }, (_, i) => ((i * 167 + 13) % 255) + 1))],
    ['half of a surrogate pair', Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x00, 0xd8])],
  ])('calls %s binary', (_name, bytes) => {
    expect(recognise(bytes).text).toBeUndefined();
  });

  it('looks for NUL where git does', () => {
    const text = 'x'.repeat(8000);
    expect(textOf(Buffer.from(`${text}\0`))).toBe(`${text}\0`);
    expect(textOf(Buffer.from(`${text.slice(1)}\0`))).toBeUndefined();
  });

  it('brings every encoding of a text to the same UTF-8', () => {
    fc.assert(
      fc.property(sourceText, (text) => {
        const expected = Buffer.from(text);
        expect(recognise(Buffer.from(text)).text?.bytes).toEqual(expected);
        expect(recognise(Buffer.from(`\uFEFF${text}`, 'utf16le')).text?.bytes).toEqual(expected);
        expect(recognise(utf16be(`\uFEFF${text}`)).text?.bytes).toEqual(expected);
      }),
    );
  });

  it('answers in valid UTF-8 whatever it is given, and keeps every ASCII line', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
        const { text, encoding } = recognise(Buffer.from(array));
        if (text === undefined) return;
        expect(text.bytes.equals(Buffer.from(text.bytes.toString('utf8')))).toBe(true);
        if (encoding === 'windows-1252') expect(text.string).toHaveLength(array.length);
      }),
    );
  });

  it('says the same of a head that is cut off', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
        const bytes = Buffer.from(array);
        if (isBinaryHead(bytes)) expect(recognise(bytes).text).toBeUndefined();
      }),
    );
  });
});
