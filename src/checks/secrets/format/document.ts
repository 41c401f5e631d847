import { distance } from 'fastest-levenshtein';
import { parse, TomlError } from 'smol-toml';
import { type FilePosition, SluiceError } from '#core/error.ts';
import { Text } from '#core/text.ts';
import { type Positions, placeInString, positionsOf } from './positions.ts';

/** A rule file's TOML, with the place of everything in it. */
export class TomlDocument {
  readonly file: string;
  readonly text: string;
  readonly root: TomlTable;
  #positions: Positions | undefined;
  #lines: Text | undefined;

  /** @throws SluiceError `rules-invalid` where it is not TOML */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.root = new TomlTable(this, [], parseToml(file, text));
  }

  position(path: readonly string[]): FilePosition {
    this.#positions ??= positionsOf(this.text);
    for (let length = path.length; length > 0; length--) {
      const offset = this.#positions.places.get(nameOf(path.slice(0, length)));
      if (offset !== undefined) return this.#at(offset);
    }
    return { file: this.file };
  }

  /** Where a character of a string stands. */
  positionIn(path: readonly string[], index: number): FilePosition {
    this.#positions ??= positionsOf(this.text);
    const string = this.#positions.strings.get(nameOf(path));
    return string === undefined ? this.position(path) : this.#at(placeInString(this.text, string, index));
  }

  #at(offset: number): FilePosition {
    this.#lines ??= Text.from(this.text);
    return { file: this.file, ...this.#lines.positionAt(offset) };
  }

  error(path: readonly string[], message: string, hint?: string): SluiceError {
    return invalid(this.position(path), message, hint);
  }

  /** A mistake at a character of a string. */
  errorIn(path: readonly string[], index: number, message: string, hint?: string): SluiceError {
    return invalid(this.positionIn(path, index), message, hint);
  }
}

const invalid = (at: FilePosition, message: string, hint?: string): SluiceError =>
  new SluiceError('rules-invalid', message, { at, ...(hint === undefined ? {} : { hint }) });

const nameOf = (path: readonly string[]): string => path.join('.').toLowerCase();

function parseToml(file: string, text: string): Record<string, unknown> {
  try {
    return parse(text, { maxDepth: 20, integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new SluiceError('rules-invalid', `not valid TOML: ${reason}`, {
      at: { file, line: error.line, column: error.column },
      hint: "Patterns are easiest to write between ''' and ''', where nothing needs escaping.",
    });
  }
}

/** One table. Keys are found whatever their case, as gitleaks finds them; a wrong type is an error that says where. */
export class TomlTable {
  readonly document: TomlDocument;
  readonly path: readonly string[];
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(document: TomlDocument, path: readonly string[], values: Record<string, unknown>) {
    this.document = document;
    this.path = path;
    this.#values = new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));
  }

  has(key: string): boolean {
    return this.#values.has(key.toLowerCase());
  }

  string(key: string): string {
    return this.#typed(key, 'a string', '', (value): value is string => typeof value === 'string');
  }

  boolean(key: string): boolean {
    return this.#typed(key, 'true or false', false, (value): value is boolean => typeof value === 'boolean');
  }

  number(key: string): number {
    return this.#typed(key, 'a number', 0, (value): value is number => typeof value === 'number');
  }

  /** A whole number from 0. */
  count(key: string): number {
    return this.#typed(key, 'a whole number from 0', 0, isCount);
  }

  strings(key: string): readonly string[] {
    const isStrings = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((item) => typeof item === 'string');
    return this.#typed(key, 'a list of strings', [], isStrings);
  }

  counts(key: string): readonly number[] {
    const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);
    return this.#typed(key, 'a list of whole numbers', [], isCounts);
  }

  oneOf<const T extends string>(key: string, words: readonly T[], absent: T): T {
    const isWord = (value: unknown): value is T => words.includes(value as T);
    return this.#typed(key, words.map((word) => `"${word}"`).join(', '), absent, isWord);
  }

  table(key: string): TomlTable | undefined {
    if (!this.has(key)) return undefined;
    return new TomlTable(this.document, this.#at(key), this.#typed(key, 'a table', {}, isTable));
  }

  tables(key: string): readonly TomlTable[] {
    const isTables = (value: unknown): value is Record<string, unknown>[] =>
      Array.isArray(value) && value.every(isTable);
    const list = this.#typed(
      key,
      `a list of tables ([[${[...this.path.filter(isName), key].join('.')}]])`,
      [],
      isTables,
    );
    return list.map((values, index) => new TomlTable(this.document, [...this.#at(key), String(index)], values));
  }

  /** Keys that none of `known` names, with the known one they may have meant. */
  unknownKeys(known: readonly string[]): readonly { readonly key: string; readonly meant: string | undefined }[] {
    const lower = known.map((key) => key.toLowerCase());
    return [...this.#values.keys()]
      .filter((key) => !lower.includes(key))
      .map((key) => ({ key, meant: closest(key, known) }));
  }

  error(key: string, message: string, hint?: string): SluiceError {
    return this.document.error(this.#at(key), message, hint);
  }

  #typed<T>(key: string, expected: string, absent: T, is: (value: unknown) => value is T): T {
    const value = this.#values.get(key.toLowerCase());
    if (value === undefined) return absent;
    if (is(value)) return value;
    throw this.error(key, `"${key}" is ${described(value)}; expected ${expected}`);
  }

  #at(key: string): string[] {
    return [...this.path, key];
  }
}

const isName = (part: string): boolean => !/^\d+$/.test(part);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) !== Date.prototype;

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a table' : `a ${typeof value}`;
}

/** The known word nearest to a mistyped one; `undefined` when none is near. */
export function closest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const steps = distance(word.toLowerCase(), candidate.toLowerCase());
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}
