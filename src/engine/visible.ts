/**
 * Control, format and separator characters and halves of surrogate pairs: what a terminal obeys, what reorders or hides
 * text (CVE-2021-42574), and what makes a string that is no valid Unicode. Tabs stay: every reader knows what to do with them.
 */
const UNSEEN = /[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line of text with every character in it that nobody would see spelled out: `\x1b`, `\u{202e}`. */
export const visible = (line: string): string => line.replace(UNSEEN, spell);

function spell(character: string): string {
  const code = character.codePointAt(0) as number;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
