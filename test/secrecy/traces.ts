/*
 * Looks for what must not be there: a secret, or a part of one, in any of the forms in which it could slip out.
 */

/** Shorter parts are shown on purpose (`ghp_********`), or arise by chance. */
const PART = 12;
const PREFIX = 4;

/** Whether a text holds a part of any of these secrets, raw or encoded; answers with the names of those found. */
export class Traces {
  readonly #needles = new Map<string, string>();

  constructor(secrets: Readonly<Record<string, string>>) {
    for (const [name, secret] of Object.entries(secrets)) {
      for (const line of secret.split('\n')) this.#add(name, line.trim());
    }
  }

  #add(name: string, line: string): void {
    if (line.startsWith('-----') || line.length < PART) return;
    const rest = line.slice(PREFIX);
    this.#windows(name, rest);
    this.#windows(`${name}, URL-encoded`, encodeURIComponent(rest));
    this.#windows(`${name}, in hex`, Buffer.from(rest).toString('hex'), PART * 2);
    // Three ways, by where in a group of three bytes the secret starts.
    for (const shift of [0, 1, 2]) {
      const encoded = Buffer.from(rest.slice(shift)).toString('base64').replace(/=+$/, '');
      this.#windows(`${name}, in base64`, encoded.slice(0, -2), (PART / 3) * 4);
    }
  }

  /** Every part of one length, under the length that is looked for: 12, 16 or 24. */
  #windows(name: string, text: string, length = PART): void {
    for (let at = 0; at + length <= text.length; at += 1) this.#needles.set(text.slice(at, at + length), name);
  }

  in(text: string): string[] {
    const found = new Set<string>();
    for (const length of [PART, (PART / 3) * 4, PART * 2]) {
      for (let at = 0; at + length <= text.length; at += 1) {
        const name = this.#needles.get(text.slice(at, at + length));
        if (name !== undefined) found.add(name);
      }
    }
    return [...found].toSorted();
  }
}
