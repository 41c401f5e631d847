import type { CheckDocumentation } from '#core/check.ts';
import { visible } from './visible.ts';

/** The first sentence of a text in Markdown, without its line breaks; the whole first paragraph where it has no end. */
export function firstSentence(markdown: string): string {
  const [paragraph = ''] = markdown.trim().split(/\n\s*\n/, 1);
  const line = paragraph.replaceAll(/\s+/g, ' ').trim();
  const end = line.search(/[.!?] (?=[A-Z`])/);
  return end === -1 ? line : line.slice(0, end + 1);
}

/** A check's documentation as one Markdown text, for places that show rule help. */
export function documentationMarkdown(documentation: CheckDocumentation, remedy: string): string {
  const { looksFor, why, fix, limits, references } = documentation;
  const sections = [
    ['What it looks for', looksFor],
    ['Why it matters', why],
    ['What to do', fix === '' ? remedy : fix],
    ['Limits', limits],
    ['References', references.map((reference) => `- <${reference}>`).join('\n')],
  ] as const;
  return sections
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `## ${title}\n\n${text.trim()}\n`)
    .join('\n');
}

/**
 * Text that means nothing to Markdown: controls visible, and every character that could start markup, a mention, a
 * reference, a formula or an HTML tag written as a character reference, which holds inside tables too.
 */
export const escapeMarkdown = (text: string): string =>
  visible(text)
    .replace(/[\\`*_[\]<>#|~&@$]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('://', '&#58;//')
    .replace(
      /^(\s*)([-+=]|\d+[.)])/,
      (_, space: string, mark: string) => `${space}&#${mark.charCodeAt(0)};${mark.slice(1)}`,
    );

/** A code span, with as many backticks as its text needs. In a table a bar needs a backslash even inside code. */
export function codeSpan(text: string, inTable = false): string {
  const shown = inTable ? visible(text).replaceAll('|', '\\|') : visible(text);
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || shown.trim() !== shown || shown === '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}
