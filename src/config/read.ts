import { closest, distance } from 'fastest-levenshtein';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { type FilePosition, SluiceError } from '#core/error.ts';
import { type Config, configSchema, type PolicyConfig, policySchema } from './schema.ts';

/** One mistake in a file, where it stands and what to do. */
export interface ConfigIssue {
  readonly at: FilePosition;
  readonly message: string;
  readonly hint?: string;
}

/** A file that was read: its value, and where each part of it stands. */
export interface ConfigFile<T> {
  readonly value: T;
  /** The place of a value in the file, or of the nearest part that is there. `offset` counts from the start of a scalar. */
  position(path: readonly PropertyKey[], offset?: number): FilePosition;
}

export type ConfigReading<T> =
  | { readonly ok: true; readonly file: ConfigFile<T> }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

/** Past this a configuration is not one. */
const MAX_LENGTH = 1_000_000;

/** Every mistake of a `sluice.yaml`, or its value. Never throws for what the text holds. */
export const checkConfig = (text: string, file: string): ConfigReading<Config> => check(configSchema, text, file);

/** The same for a policy file. */
export const checkPolicy = (text: string, file: string): ConfigReading<PolicyConfig> => check(policySchema, text, file);

/**
 * The value of a reading.
 *
 * @throws SluiceError `config-invalid` with the first mistake and the number of the others.
 */
export function accept<T>(reading: ConfigReading<T>): ConfigFile<T> {
  if (reading.ok) return reading.file;
  const [first, ...others] = reading.issues;
  if (first === undefined) throw new Error('a refused configuration names no mistake');
  const more = others.length === 0 ? '' : `${others.length} more: \`sluice config check\` lists them.`;
  const hint = [first.hint, more].filter(Boolean).join(' ');
  throw new SluiceError('config-invalid', first.message, { at: first.at, ...(hint === '' ? {} : { hint }) });
}

function check<S extends z.ZodType>(schema: S, text: string, file: string): ConfigReading<z.infer<S>> {
  if (text.length > MAX_LENGTH) {
    return { ok: false, issues: [{ at: { file }, message: `is larger than ${MAX_LENGTH} characters` }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: false,
    // Else the library prints what it finds odd, and quotes it.
    logLevel: 'silent',
  });
  const at = (offset: number): FilePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    return { ok: false, issues: document.errors.map(({ pos, message }) => ({ at: at(pos[0]), message })) };
  }
  return validate(schema, { root: document.contents, value: contentOf(document), at });
}

interface Parsed {
  readonly root: Node | null;
  readonly value: unknown;
  at(offset: number): FilePosition;
}

/** Aliases are bounded by the library (100), which throws: a mistake in the file like any other. */
function contentOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return new Error((error as Error).message);
  }
}

function validate<S extends z.ZodType>(schema: S, { root, value, at }: Parsed): ConfigReading<z.infer<S>> {
  if (value instanceof Error) return { ok: false, issues: [{ at: at(0), message: value.message }] };
  const position = (path: readonly PropertyKey[], offset = 0): FilePosition => at(offsetOf(root, path) + offset);
  const result = schema.safeParse(value);
  if (result.success) {
    const inScalar = (path: readonly PropertyKey[], offset = 0): FilePosition =>
      position(path, offset === 0 ? 0 : offset + quoteWidth(nodeAt(root, path)));
    return { ok: true, file: { value: result.data, position: inScalar } };
  }
  const issues = result.error.issues.flatMap((issue) => describe(issue, schema, root, at));
  return { ok: false, issues: issues.toSorted((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0)) };
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, root: Node | null, at: Parsed['at']): ConfigIssue[] {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => ({
      at: at(keyOffset(root, issue.path, key)),
      message: `unknown key \`${key}\`${where === '' ? '' : ` in \`${where}\``}`,
      hint: suggest(key, known),
    }));
  }
  const hint = issue.code === 'invalid_value' ? valueMeant(nodeAt(root, issue.path), issue.values) : undefined;
  return [
    {
      at: at(offsetOf(root, issue.path)),
      message: `\`${where || 'the file'}\`: ${lowerFirst(issue.message.replace(/^Invalid input: /, ''))}`,
      ...(hint === undefined ? {} : { hint }),
    },
  ];
}

/** Of a few words that may stand in a place, the one that was meant; the message names them all. */
function valueMeant(node: Node | null, values: readonly unknown[]): string | undefined {
  const written = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  const words = values.filter((value) => typeof value === 'string');
  const near = written === '' || words.length === 0 ? '' : suggest(written.toLowerCase(), words);
  return near.startsWith('Did') ? near : undefined;
}

function suggest(key: string, known: readonly string[]): string {
  const best = known.length === 0 ? '' : closest(key, known);
  if (best !== '' && distance(key, best) <= Math.max(2, key.length / 3)) return `Did you mean \`${best}\`?`;
  return `Known here: ${known.join(', ')}.`;
}

/** The keys an object of the schema may have, through defaults and optionals. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let json: JsonSchema | undefined = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  for (const key of path) {
    json = typeof key === 'number' ? json?.items : (json?.properties?.[String(key)] ?? json?.additionalProperties);
  }
  return Object.keys(json?.properties ?? {});
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
}

function nodeAt(root: Node | null, path: readonly PropertyKey[]): Node | null {
  let node = root;
  for (const key of path) {
    const next = child(node, key);
    if (next === null) return node;
    node = next;
  }
  return node;
}

function child(node: Node | null, key: PropertyKey): Node | null {
  if (isMap(node)) return (node.get(String(key), true) as Node | undefined) ?? null;
  if (isSeq(node)) return (node.items[Number(key)] as Node | undefined) ?? null;
  return isAlias(node) ? node : null;
}

const offsetOf = (root: Node | null, path: readonly PropertyKey[]): number => nodeAt(root, path)?.range?.[0] ?? 0;

function keyOffset(root: Node | null, path: readonly PropertyKey[], key: string): number {
  const map = nodeAt(root, path);
  if (!isMap(map)) return 0;
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return (pair?.key as Node | undefined)?.range?.[0] ?? 0;
}

/** In a quoted scalar the text starts one character after the node does. */
const quoteWidth = (node: Node | null): number =>
  isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') ? 1 : 0;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
