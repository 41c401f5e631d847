import { html, type Markup } from './html-markup.ts';

/**
 * The Markdown that documentation of checks uses, as markup: paragraphs, lists, headings, fenced code, code spans, strong
 * text and web links. Anything else stays the text it is; nothing in it can become markup of its own.
 */
export function markdownHtml(markdown: string): Markup[] {
  const blocks: Markup[] = [];
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const kind = kindOf(line);
    if (kind === 'blank') {
      at += 1;
      continue;
    }
    const end = kind === 'code' ? endOfCode(lines, at) : endOf(lines, at, kind);
    blocks.push(blockOf(kind, lines.slice(at, end)));
    at = end;
  }
  return blocks;
}

type Kind = 'blank' | 'code' | 'heading' | 'bullets' | 'numbers' | 'text';

const MARKS = { bullets: /^ {0,3}[-*] +/, numbers: /^ {0,3}\d{1,3}[.)] +/ } as const;

function kindOf(line: string): Kind {
  if (line.trim() === '') return 'blank';
  if (line.startsWith('```')) return 'code';
  if (/^#{1,6} /.test(line)) return 'heading';
  if (MARKS.bullets.test(line)) return 'bullets';
  return MARKS.numbers.test(line) ? 'numbers' : 'text';
}

/** A block goes on over lines of plain text; a heading is one line. */
function endOf(lines: readonly string[], start: number, kind: Kind): number {
  if (kind === 'heading') return start + 1;
  let end = start + 1;
  while (end < lines.length && [kind, 'text'].includes(kindOf(lines[end] ?? ''))) end += 1;
  return end;
}

function endOfCode(lines: readonly string[], start: number): number {
  const close = lines.indexOf('```', start + 1);
  return close === -1 ? lines.length : close + 1;
}

function blockOf(kind: Kind, lines: readonly string[]): Markup {
  if (kind === 'code') {
    const body = lines.slice(1, lines.at(-1) === '```' ? -1 : undefined);
    return html`<pre><code>${body.map((line) => html`${line}\n`)}</code></pre>`;
  }
  if (kind === 'heading') return html`<h4>${inline(lines.join(' ').replace(/^#+ /, ''))}</h4>`;
  if (kind === 'bullets' || kind === 'numbers') {
    const items = itemsOf(lines, MARKS[kind]).map((item) => html`<li>${inline(item)}</li>`);
    return kind === 'bullets' ? html`<ul>${items}</ul>` : html`<ol>${items}</ol>`;
  }
  return html`<p>${inline(lines.join(' '))}</p>`;
}

function itemsOf(lines: readonly string[], mark: RegExp): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (mark.test(line)) items.push(line.replace(mark, ''));
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\(https?:\/\/[^\s)]+\)|<https?:\/\/[^\s>]+>)/;

function inline(text: string): Markup[] {
  return text.split(INLINE).map((piece, index) => {
    if (index % 2 === 0) return html`${piece}`;
    if (piece.startsWith('`')) return html`<code>${piece.slice(1, -1)}</code>`;
    if (piece.startsWith('**')) return html`<strong>${piece.slice(2, -2)}</strong>`;
    if (piece.startsWith('<')) return link(piece.slice(1, -1), piece.slice(1, -1));
    const split = piece.indexOf('](');
    return link(piece.slice(split + 2, -1), piece.slice(1, split));
  });
}

export const link = (url: string, text: string): Markup => html`<a href="${url}" rel="noopener noreferrer">${text}</a>`;
