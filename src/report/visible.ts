/**
 * Scanned text is hostile: a path or a line of code may hold terminal escape sequences, line breaks that forge a line of
 * ours, bidirectional controls that reorder what is read (CVE-2021-42574), or characters nobody sees.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * What CI services obey wherever it stands in a line of a log: `##[stop-commands]` (GitHub, by its old form), `##vso[…]`
 * (Azure Pipelines), `##teamcity[…]`. A path or a line of code may hold it.
 */
const COMMAND = /##(?=\w*\[)/g;

/**
 * Text on one line in which every control, format, separator and unpaired surrogate character is written out: `\n`,
 * `\x1b`, `\u{202e}`. What is left is safe on a terminal and legal in XML 1.0. Emoji joined by U+200D come apart; that is
 * the price of showing an invisible character wherever it stands.
 */
export const visible = (text: string): string => text.replace(UNSEEN, spell).replace(COMMAND, '#\\x23');

/** As {@link visible} for text of several lines: line breaks stay, as `\n`, and tabs become spaces. */
export const visibleLines = (text: string): string =>
  text
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => uncommanding(visible(line.replaceAll('\t', '  '))))
    .join('\n');

function spell(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * A line of a log that is not a command to GitHub, which obeys what begins with `::` behind blanks. For lines that may begin
 * with scanned text, such as a path.
 */
export const uncommanding = (line: string): string =>
  line.replace(/^(\s*):(?=:)/, '$1\\x3a').replace(COMMAND, '#\\x23');
