import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cuts, maskerOf, RUNS, SAMPLE, throughPieces } from './fixture.ts';

const percent = (text: string, keep: RegExp): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return byte < 128 && keep.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');

const bytesIn = (text: string, format: (hex: string) => string, join: string): string =>
  [...Buffer.from(text)].map((byte) => format(byte.toString(16).padStart(2, '0'))).join(join);

/** Independent of the masker: encoders of the platform, or written here the other way round. Each works symbol by symbol. */
const ESCAPERS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  encodeURIComponent: encodeURIComponent,
  encodeURI: encodeURI,
  'percent, lower case': (text) => percent(text, /[A-Za-z0-9._~-]/),
  'percent, everything': (text) => percent(text, /[^\s\S]/),
  'percent twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'quoted-printable': (text) => bytesIn(text, (hex) => `=${hex.toUpperCase()}`, ''),
  form: (text) => new URLSearchParams([['', text]]).toString().slice(1),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON with slashes escaped': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  'JSON, ASCII only': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replaceAll(/[^\x20-\x7e]|[<>&+']/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'JSON, every character': (text) =>
    [...Array(text.length).keys()]
      .map((i) => `\\u${text.charCodeAt(i).toString(16).toUpperCase().padStart(4, '0')}`)
      .join(''),
  HTML: (text) =>
    text.replaceAll(
      /[&<>"']/g,
      (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c,
    ),
  'XML, numeric': (text) =>
    text.replaceAll(/[^A-Za-z0-9 ]/gu, (c) => `&#x${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()};`),
  'single-quoted shell': (text) => text.replaceAll("'", `'\\''`),
  'shell with splices': (text) => text.replaceAll("'", `'"'"'`),
  'double-quoted shell': (text) => text.replaceAll(/[$`"\\!]/g, '\\$&'),
  'shell backslashes': (text) => text.replaceAll(/[^A-Za-z0-9\n\u0080-\u{10ffff}]/gu, '\\$&'),
  'ANSI-C quoting': (text) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const c = String.fromCharCode(byte);
        if (c === '\n') return '\\n';
        if (byte < 32 || byte > 126) return `\\${byte.toString(8).padStart(3, '0')}`;
        return c === "'" || c === '\\' ? `\\${c}` : c;
      })
      .join(''),
  PowerShell: (text) => text.replaceAll(/[$"`]/g, '`$&').replaceAll('\n', '`n'),
  'PowerShell, single quotes': (text) => text.replaceAll("'", "''"),
  cmd: (text) => text.replaceAll(/[&|<>^"%!]/g, '^$&'),
  hex: (text) => Buffer.from(text).toString('hex'),
  'hex, upper case': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'hex with colons': (text) => bytesIn(text, (hex) => hex, ':'),
  'hex with spaces': (text) => bytesIn(text, (hex) => hex.toUpperCase(), ' '),
  'C array': (text) => bytesIn(text, (hex) => `0x${hex}`, ', ').slice(2),
  'C string': (text) => bytesIn(text, (hex) => `\\x${hex}`, ''),
  'byte array': (text) => JSON.stringify([...Buffer.from(text)]).slice(1, -1),
  'a letter at a time': (text) => [...text].join(' '),
  'a letter a line': (text) => [...text].join('\n'),
  backwards: (text) => [...text].reverse().join(''),
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
};

/** A value worth masking, of every kind of character. */
const value = fc
  .string({
    unit: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...'abcXYZ019') },
      fc.constantFrom(...`!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~ \n\té€😀`),
    ),
    minLength: 6,
    maxLength: 60,
  })
  .map((text) => text.trim())
  .filter(
    (text) => text.length >= 6 && new Set(text).size > 3 && /[a-zA-Z0-9]{3}/.test(text) && !text.includes('\n\n'),
  );
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('every encoding that works symbol by symbol', () => {
  for (const [name, encode] of Object.entries(ESCAPERS)) {
    const bytes = (text: string): Buffer => (name === 'UTF-16LE' ? latin1(encode(text)) : Buffer.from(encode(text)));

    test(`${name}: the value goes, what is around it stays`, () => {
      const text = Buffer.concat([latin1('<< '), bytes(SAMPLE), latin1(' >>')]);
      expect(throughPieces(maskerOf(SAMPLE), text, []).toString('latin1')).toBe('<< *** >>');
    });

    test(`${name}: any value, cut anywhere`, () => {
      fc.assert(
        fc.property(value, cuts, (secret, where) => {
          const text = Buffer.concat([latin1('<< '), bytes(secret), latin1(' >>')]);
          const masker = maskerOf(secret);
          const shown = throughPieces(masker, text, where);
          expect(shown.includes(bytes(secret))).toBe(false);
          expect(shown.equals(throughPieces(masker, text, []))).toBe(true);
          if (!secret.includes('\n')) expect(shown.toString('latin1')).toBe('<< *** >>');
        }),
        { numRuns: RUNS },
      );
    });
  }
});

describe('base64', () => {
  const wrap = (text: string, width: number, end: string): string =>
    text.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${end}`);
  const flavours: Readonly<Record<string, (bytes: Buffer) => string>> = {
    padded: (bytes) => bytes.toString('base64'),
    base64url: (bytes) => bytes.toString('base64url'),
    'in a URL': (bytes) => encodeURIComponent(bytes.toString('base64')),
    'lines of 64': (bytes) => wrap(bytes.toString('base64'), 64, '\n'),
    'lines of 76': (bytes) => wrap(bytes.toString('base64'), 76, '\r\n'),
    'lines in JSON': (bytes) => wrap(bytes.toString('base64'), 64, '\\n'),
    'lines in YAML': (bytes) => wrap(bytes.toString('base64'), 64, '\n    '),
  };

  for (const [name, encode] of Object.entries(flavours)) {
    test(`${name}: nothing of the value can be decoded, whatever stands before and behind it`, () => {
      fc.assert(
        fc.property(
          value,
          fc.string({ maxLength: 80 }),
          fc.string({ maxLength: 5 }),
          cuts,
          (secret, before, behind, where) => {
            const bytes = Buffer.from(before + secret + behind);
            const shown = throughPieces(maskerOf(secret), Buffer.from(encode(bytes)), where).toString();
            expect(shown).toContain('***');
            for (const piece of shown.split('***')) {
              for (const skip of [0, 1, 2, 3]) {
                const text = decodeURIComponent(piece.replaceAll(/\\n|\s|%$|%.$/g, '')).slice(skip);
                expect(Buffer.from(text, 'base64').includes(Buffer.from(secret).subarray(2, -2))).toBe(false);
              }
            }
          },
        ),
        { numRuns: RUNS },
      );
    });
  }

  test('masks the characters at the edges too, which hold bits of the value', () => {
    for (const before of ['', 'a', 'ab', 'abc']) {
      const text = Buffer.from(`${before}${SAMPLE}`).toString('base64');
      const shown = maskerOf(SAMPLE).mask(text);
      expect(shown).toBe(`${text.slice(0, Math.floor((before.length * 8) / 6))}***${/=*$/.exec(text)?.[0] ?? ''}`);
    }
  });

  test('twice', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
      const once = Buffer.from(`${before}${SAMPLE} and more`).toString('base64');
      for (const outer of ['', 'x', 'xy']) {
        const shown = maskerOf(SAMPLE).mask(Buffer.from(`${outer}${once}`).toString('base64'));
        expect(shown).toContain('***');
        for (const piece of shown.split('***')) {
          for (const skip of [0, 1, 2, 3]) {
            const inner = Buffer.from(piece.slice(skip), 'base64').toString('latin1');
            for (const again of [0, 1, 2, 3]) {
              expect(Buffer.from(inner.slice(again), 'base64').includes(SAMPLE.slice(3, 9))).toBe(false);
            }
          }
        }
      }
    }
  });

  test('an encoded command of PowerShell', () => {
    const text = Buffer.from(`Write-Host "${SAMPLE}"`, 'utf16le').toString('base64');
    expect(maskerOf(SAMPLE).mask(text)).toMatch(/^[\w+/]+\*\*\*[\w+/]*=*$/);
  });
});

describe('dumps', () => {
  const secret = ['kV7', 'rQ2', 'xW9', 'bN4', 'tM6', 'zH3', 'pL8'].join('-');

  const dump = (text: string, line: (offset: number, hex: string[], column: string) => string): string => {
    const bytes = Buffer.from(text);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += 16) {
      const part = bytes.subarray(at, at + 16);
      const hex = [...part].map((byte) => byte.toString(16).padStart(2, '0'));
      lines.push(line(at, hex, part.toString('latin1').replaceAll(/[^ -~]/g, '.')));
    }
    return `${lines.join('\n')}\n`;
  };
  const pairs = (hex: string[]): string =>
    hex
      .join('')
      .replaceAll(/.{4}(?=.)/g, '$& ')
      .padEnd(39);
  const DUMPS: Readonly<Record<string, (text: string) => string>> = {
    xxd: (text) => dump(text, (at, hex, column) => `${at.toString(16).padStart(8, '0')}: ${pairs(hex)}  ${column}`),
    'hexdump -C': (text) =>
      dump(text, (at, hex, column) => {
        const halves = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`;
        return `${at.toString(16).padStart(8, '0')}  ${halves.padEnd(48)}  |${column}|`;
      }),
    'od -tx1': (text) => dump(text, (at, hex) => `${at.toString(8).padStart(7, '0')} ${hex.join(' ')}`),
  };

  for (const [name, format] of Object.entries(DUMPS)) {
    test(`${name}: over several lines, in both columns`, () => {
      for (let before = 0; before < 20; before += 1) {
        const text = Buffer.from(`first line\n${format(`${'.'.repeat(before)}${secret} and more`)}last line\n`);
        for (const where of [[], [30], [70, 71], [100], [140, 200]]) {
          const shown = throughPieces(maskerOf(secret), text, where).toString();
          expect(shown).toContain('***');
          expect(shown.startsWith('first line\n') && shown.endsWith('last line\n')).toBe(true);
          for (const part of ['rQ2', 'xW9', 'bN4', 'tM6', 'zH3']) {
            expect(shown).not.toContain(part);
            expect(shown.replaceAll(/\s/g, '')).not.toContain(Buffer.from(part).toString('hex'));
          }
        }
      }
    });
  }
});
