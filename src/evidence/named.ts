const MOST = 200;

/** A name out of hostile content, fit for a message: one line, no control characters, bounded. */
export function named(text: string): string {
  const printable = text.slice(0, MOST).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  return text.length > MOST ? `${printable}…` : printable;
}
