import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, parseDocument } from 'yaml';
import { SluiceError } from '#core/error.ts';
import type { Text } from '#core/text.ts';

/** A file as it is, before anything is known about it. */
export interface SourceFile {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  readonly text: Text;
}

/** What the YAML of a file says, one item after the other; aliases stand for what they mean. */
export interface YamlItem {
  readonly kind: 'scalar' | 'list' | 'mapping' | 'end';
  readonly value: null | boolean | number | string;
  /** String indices of the item in the file. */
  readonly start: number;
  readonly end: number;
  /** Where it hangs: keys of mappings and positions in lists, from the root. A key's own path ends with itself. */
  readonly path: Path;
  readonly isKey: boolean;
}

export interface Path {
  readonly parent: Path | undefined;
  readonly key: string | number;
}

/** `!!float 12` is a number, though the library knows only those with a point in them. */
const CORE_FLOAT = /^Unresolved tag: tag:yaml\.org,2002:float\b/;

/** Far more than the largest workflows have; aliases that multiply end here. */
const MAX_ITEMS = 200_000;
const MAX_DEPTH = 64;
const ROOT: Path = { parent: undefined, key: '' };

interface Walk {
  readonly source: SourceFile;
  readonly items: YamlItem[];
  readonly resolve: (alias: Node) => Node | undefined;
}

/**
 * Reads YAML 1.2 with anchors and aliases, as the platform does; merge keys (`<<`) are not part of it.
 *
 * @throws SluiceError `yaml-invalid`, `workflow-too-large` (too many values, nested too deeply)
 */
export function yamlItems(source: SourceFile): readonly YamlItem[] {
  const document = parse(source);
  // A tag that means nothing here is a warning of the library, and a mistake for the platform.
  const [first] = [...document.errors, ...document.warnings.filter(({ message }) => !CORE_FLOAT.test(message))];
  if (first !== undefined) throw invalid(source, first.pos[0], sentence(first.message));
  const items: YamlItem[] = [];
  const resolve = (alias: Node): Node | undefined => (isAlias(alias) ? alias.resolve(document) : undefined);
  if (document.contents === null) throw invalid(source, 0, 'the file is empty', 'Write what it is to do.');
  visit(document.contents, ROOT, 0, { source, items, resolve });
  return items;
}

function parse(source: SourceFile): ReturnType<typeof parseDocument> {
  try {
    // Keys that come twice are found by the reader of the workflow, in linear time.
    return parseDocument(source.text.string, { uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(source, 0, 'the file is nested too deeply');
    throw error;
  }
}

function visit(node: unknown, path: Path, depth: number, walk: Walk): void {
  if (depth > MAX_DEPTH) throw tooLarge(walk.source, rangeOf(node)[0], `values may be nested ${MAX_DEPTH} deep`);
  if (isAlias(node)) {
    const target = walk.resolve(node);
    // An alias inside the value that it names never ends; the depth ends it.
    if (target === undefined)
      throw invalid(walk.source, rangeOf(node)[0], `there is no anchor \`${node.source}\``, ANCHOR);
    visit(target, path, depth + 1, walk);
  } else if (isMap(node)) {
    add('mapping', node, path, walk);
    for (const pair of node.items) visitPair(pair as Pair<ParsedNode>, path, depth, walk);
    add('end', node, path, walk);
  } else if (isSeq(node)) {
    add('list', node, path, walk);
    for (const [key, item] of node.items.entries()) visit(item, { parent: path, key }, depth + 1, walk);
    add('end', node, path, walk);
  } else add('scalar', node, path, walk, scalarValue(isScalar(node) ? node.value : null));
}

function visitPair({ key, value }: Pair<ParsedNode>, parent: Path, depth: number, walk: Walk): void {
  const name = isAlias(key) ? walk.resolve(key) : key;
  if (!isScalar(name)) throw invalid(walk.source, rangeOf(key)[0], 'a key must be a text');
  const text = scalarValue(name.value);
  const path = { parent, key: String(text ?? '') };
  add('scalar', key, path, walk, text, true);
  // A value that is left out stands behind its key.
  if (value === null) add('scalar', key, path, walk, null);
  else visit(value, path, depth + 1, walk);
}

const scalarValue = (value: unknown): YamlItem['value'] =>
  value === null || value === undefined || ['string', 'number', 'boolean'].includes(typeof value)
    ? ((value ?? null) as YamlItem['value'])
    : String(value);

function add(
  kind: YamlItem['kind'],
  node: unknown,
  path: Path,
  walk: Walk,
  value: YamlItem['value'] = null,
  isKey = false,
): void {
  const [start, end] = rangeOf(node);
  if (walk.items.length >= MAX_ITEMS) throw tooLarge(walk.source, start, `a file may hold ${MAX_ITEMS} values`);
  walk.items.push({ kind, value, start, end, path, isKey });
}

const rangeOf = (node: unknown): readonly [number, number] => {
  const range = (node as ParsedNode | null | undefined)?.range;
  return range === null || range === undefined ? [0, 0] : [range[0], range[1]];
};

const at = ({ file, text }: SourceFile, index: number) => ({ at: { file, ...text.positionAt(index) } });

const STRUCTURE =
  'Indentation with spaces makes the structure; a text with `: `, `#`, `*` or a quote in it needs quotes.';
const ANCHOR = 'Put `&name` before the value that the alias stands for, above it in the file.';

const invalid = (source: SourceFile, index: number, message: string, hint = STRUCTURE): SluiceError =>
  new SluiceError('yaml-invalid', message, {
    ...at(source, index),
    hint,
  });

const tooLarge = (source: SourceFile, index: number, message: string): SluiceError =>
  new SluiceError('workflow-too-large', message, {
    ...at(source, index),
    hint: 'Split it, or write it without aliases.',
  });

/** The parser's sentences end with a place, which we say in our way. */
const sentence = (message: string): string => {
  const [first = ''] = message.split('\n');
  return first.replace(/ at line \d+, column \d+:?$/, '').slice(0, 200);
};
