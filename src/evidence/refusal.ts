/**
 * Why a piece of evidence does not count. Not a mistake of the user and not a defect: a bundle that was altered is an
 * answer. `code` is stable and kebab-case; `message` holds nothing of the evidence but names already bounded and printable.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

const MOST = 200;

/** A name out of hostile content, fit for a message: one line, no control characters, bounded. */
export function named(text: string): string {
  const printable = text.slice(0, MOST).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  return text.length > MOST ? `${printable}…` : printable;
}
