import { visible, visibleLines } from './visible.ts';

/** The little XML that reports need. Every name is ours; every value is made legal in XML 1.0 and escaped. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escapeMarkup = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Text between tags; line breaks stay. */
export const xmlText = (text: string): string => escapeMarkup(visibleLines(text));

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with its attributes (those that are `undefined` are left out) and its children, already XML. */
export const element = (name: string, attributes: Attributes, children: readonly string[] = []): string =>
  children.length === 0
    ? `<${name}${written(attributes)}/>`
    : `${opening(name, attributes)}${children.join('')}</${name}>`;

/** The tag that opens an element. */
export const opening = (name: string, attributes: Attributes): string => `<${name}${written(attributes)}>`;

const written = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeMarkup(visible(String(value)))}"`)
    .join('');

/** Children on lines of their own, two spaces deeper. For elements that hold elements only. */
export const block = (children: readonly string[]): string[] =>
  children.length === 0 ? [] : [`\n${children.map((child) => indent(child)).join('\n')}\n`];

/** Two spaces deeper. Only lines that start a tag are moved: text inside an element keeps its own spaces. */
export const indent = (xml: string): string => xml.replace(/^(?=<| {2,}<)/gm, '  ');
