import type { Problem } from '#core/problem.ts';
import type { MaskedText, Secret } from '#core/secret.ts';
import { patternsOf, piecesOf } from './encodings.ts';
import { Needles } from './needles.ts';
import { type MaskStream, openStream } from './stream.ts';
import { partsOf, unmaskable } from './values.ts';

const WHY = {
  'too-short': 'has fewer than four characters',
  'too-common': 'is a word that stands in every log',
} as const;

/** A key of 4,096 bits has 52 lines; far more of them are a file, which is no secret for an environment. */
const MAX_PARTS = 1_000;
const MAX_LENGTH = 256 * 1024;

/**
 * Replaces secrets in everything that a job writes by `***`: the value itself, its lines, the password of a URL, and all of
 * these in the encodings that programs print (percent, JSON, XML, shells, base64 at any offset, hexadecimal, UTF-16), also
 * where a write, a line break of the encoder or a colour falls within them.
 *
 * What it cannot know is a transformation that somebody chose to get past it: a value that is encrypted, compressed, or shuffled.
 * Who can run code with a secret has the secret.
 */
export class Masker {
  readonly #needles = new Needles();
  readonly #known = new Set<string>();

  /**
   * From now on the secret is masked, in open streams too.
   *
   * @param name what the problem calls it, for it never shows the value.
   * @returns a problem where the value is too short or too common to be masked (`secret-not-maskable`), or so long that
   * only its beginning is (`secret-too-long`).
   */
  add(secret: Secret, name = 'a secret'): Problem | undefined {
    const value = secret.reveal();
    const reason = unmaskable(value);
    if (reason !== undefined) {
      const message = `${name} cannot be masked in logs: its value ${WHY[reason]}.`;
      return { code: 'secret-not-maskable', message, hint: 'Choose a longer random value.' };
    }
    const parts = [...partsOf(value.slice(0, MAX_LENGTH))];
    for (const part of parts.slice(0, MAX_PARTS)) for (const piece of piecesOf(part)) this.#add(piece);
    if (value.length <= MAX_LENGTH && parts.length <= MAX_PARTS) return undefined;
    const message = `${name} is too long to be masked: only its first ${MAX_PARTS} lines are.`;
    return { code: 'secret-too-long', message, hint: 'Keep the file elsewhere, and the key to it as the secret.' };
  }

  stream(): MaskStream {
    return openStream(this.#needles);
  }

  mask(text: string): MaskedText {
    if (this.#needles.empty) return text as MaskedText;
    const bytes = Buffer.from(text, 'utf8');
    const stream = this.stream();
    const shown = Buffer.concat([stream.write(bytes), stream.end()]);
    // A text without secrets comes back as it was, also where it is no well-formed Unicode.
    return (shown.equals(bytes) ? text : shown.toString('utf8')) as MaskedText;
  }

  #add(value: string): void {
    if (this.#known.has(value)) return;
    this.#known.add(value);
    for (const pattern of patternsOf(value)) this.#needles.add(pattern);
  }
}
