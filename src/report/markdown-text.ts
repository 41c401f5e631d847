/** The first sentence of a text in Markdown, without its line breaks; the whole first paragraph where it has no end. */
export function firstSentence(markdown: string): string {
  const [paragraph = ''] = markdown.trim().split(/\n\s*\n/, 1);
  const line = paragraph.replaceAll(/\s+/g, ' ').trim();
  const end = line.search(/[.!?] (?=[A-Z`])/);
  return end === -1 ? line : line.slice(0, end + 1);
}
