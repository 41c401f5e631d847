import { visible } from './visible.ts';

/** Markup that is safe to put into a page as it is. Only {@link html} makes it. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

export type Part = string | number | Markup | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Markup from a template. Every value is made visible and escaped, in text as in quoted attributes, unless it is markup
 * already; lists are joined, `undefined` is nothing. Attributes must be quoted in the template.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let source = template[0] ?? '';
  for (const [index, part] of parts.entries()) source += write(part) + (template[index + 1] ?? '');
  return new Markup(source);
}

function write(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.source;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return part.map(write).join('');
}

const escapeHtml = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
