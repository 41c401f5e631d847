import { type FilePosition, SluiceError } from '#core/error.ts';
import { equal, isList, isObject, isPrimitive, textOf } from '../expression/value.ts';
import type { Value } from '../workflow/model.ts';

/** One job of a matrix: the values of the `matrix` context, in the order in which they came. */
export type Combination = Readonly<Record<string, Value>>;

/** More than any machine runs; the platform's own limit is 256. */
export const MAX_COMBINATIONS = 1_000;

/** Bounds of the work: what is compared with what, and the size of all jobs together, both in values and characters. */
const MAX_WORK = 50_000_000;
const MAX_SIZE = 2 ** 25;
const MAX_KEYS = 256;

interface Draft {
  /** From the matrix itself: `include` may not change these. */
  readonly original: Combination;
  readonly added: Record<string, Value>;
}

/**
 * The jobs of a `matrix` mapping whose expressions are evaluated: every combination, the first key changing slowest;
 * those that an entry of `exclude` matches are left out; then each entry of `include` is put into every combination whose
 * own values it does not change, and becomes a job of its own where there is none
 * (https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations).
 *
 * @throws SluiceError `matrix-invalid`, `matrix-too-large` (more than {@link MAX_COMBINATIONS})
 */
export function expandMatrix(matrix: Value, at: FilePosition): readonly Combination[] {
  if (!isObject(matrix)) throw invalid('a matrix is a mapping', at, 'Its keys name lists of values.');
  const { include, exclude, ...vectors } = matrix;
  const product = productOf(vectors, at);
  const excluded = entriesOf('exclude', exclude, at);
  const included = entriesOf('include', include, at);
  const sizes = new Sizes();
  if (product.length * sizes.of([...excluded, ...included]) > MAX_WORK) throw tooMuch(at);
  const drafts = product
    .filter((one) => !excluded.some((entry) => covers(entry, one)))
    .map((original): Draft => ({ original, added: Object.create(null) as Record<string, Value> }));
  const alone: Combination[] = [];
  for (const entry of included) {
    const fitting = drafts.filter(({ original }) => fits(entry, original));
    for (const { added } of fitting) Object.assign(added, entry);
    if (fitting.length === 0) alone.push(entry);
  }
  const all = [...drafts.map(({ original, added }) => ({ ...original, ...added })), ...alone];
  if (all.length > MAX_COMBINATIONS) throw tooLarge(all.length, at);
  if (all.reduce((sum, one) => sum + sizes.of(one), 0) > MAX_SIZE) throw tooMuch(at);
  return all;
}

/** How large values are; what several jobs share is measured once. */
class Sizes {
  readonly #known = new Map<object, number>();

  of(value: Value): number {
    if (typeof value === 'string') return value.length + 1;
    if (isPrimitive(value)) return 1;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const parts = isList(value) ? value : Object.values(value);
    const keys = isList(value) ? 0 : Object.keys(value).join('').length;
    const size = parts.reduce<number>((sum, part) => sum + this.of(part), 1 + keys);
    this.#known.set(value, size);
    return size;
  }
}

function productOf(vectors: Readonly<Record<string, Value>>, at: FilePosition): readonly Combination[] {
  const keys = Object.keys(vectors);
  if (keys.length === 0) return [];
  const lists = keys.map((key) => {
    const list = vectors[key] ?? null;
    if (!isList(list)) throw invalid(`\`${key}\` of the matrix is no list`, at, `Write \`${key}: [one, two]\`.`);
    if (list.length === 0)
      throw invalid(`\`${key}\` of the matrix is empty`, at, 'A matrix with an empty list has no jobs.');
    return list;
  });
  if (keys.length > MAX_KEYS) throw tooMuch(at);
  // Counted first: what is refused is never made.
  const count = lists.reduce((product, list) => product * list.length, 1);
  if (count > MAX_COMBINATIONS * 10) throw tooLarge(count, at);
  let rows: Combination[] = [{}];
  for (const [index, key] of keys.entries()) {
    rows = rows.flatMap((row) => (lists[index] ?? []).map((value) => ({ ...row, [key]: value })));
  }
  return rows;
}

function entriesOf(key: string, value: Value | undefined, at: FilePosition): readonly Combination[] {
  if (value === undefined || value === null || value === '') return [];
  if (!isList(value))
    throw invalid(`\`${key}\` of the matrix is no list`, at, `Each entry of \`${key}\` is a mapping.`);
  if (value.length > MAX_COMBINATIONS) throw tooLarge(value.length, at);
  return value.map((entry) => {
    if (!isObject(entry))
      throw invalid(`an entry of \`${key}\` is no mapping`, at, `Each entry of \`${key}\` is a mapping.`);
    return entry;
  });
}

/** Whether every key of an entry is in the combination, with that value. */
const covers = (entry: Combination, combination: Combination): boolean =>
  Object.entries(entry).every(
    ([key, value]) => Object.hasOwn(combination, key) && within(value, combination[key] ?? null),
  );

/** Whether an entry changes none of the combination's own values. */
const fits = (entry: Combination, original: Combination): boolean =>
  Object.entries(entry).every(([key, value]) => !Object.hasOwn(original, key) || alike(value, original[key] ?? null));

/** A mapping matches one that has at least its keys. */
function within(wanted: Value, value: Value): boolean {
  if (!(isObject(wanted) && isObject(value))) return alike(wanted, value);
  return Object.entries(wanted).every(([key, one]) => Object.hasOwn(value, key) && within(one, value[key] ?? null));
}

function alike(a: Value, b: Value): boolean {
  if (isPrimitive(a) || isPrimitive(b))
    return isPrimitive(a) && isPrimitive(b) && (equal(a, b) || textOf(a) === textOf(b));
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((one, index) => alike(one, b[index] ?? null));
  }
  return Object.keys(a).length === Object.keys(b).length && within(a, b);
}

/** What stands behind the job's name: `(ubuntu-latest, 20)`. */
export function combinationName(combination: Combination): string {
  const words: string[] = [];
  const add = (value: Value): void => {
    if (isPrimitive(value)) words.push(textOf(value));
    else for (const one of isList(value) ? value : Object.values(value)) add(one);
  };
  for (const value of Object.values(combination)) add(value);
  const text = words.filter((word) => word !== '').join(', ');
  return text === '' ? '' : `(${text.length > 100 ? `${text.slice(0, 99)}…` : text})`;
}

const invalid = (message: string, at: FilePosition, hint: string): SluiceError =>
  new SluiceError('matrix-invalid', message, { at, hint });

const tooMuch = (at: FilePosition): SluiceError =>
  new SluiceError('matrix-too-large', 'the jobs of this matrix hold too much together', {
    at,
    hint: 'Let the values be names, and look up in the job what they mean.',
  });

const tooLarge = (count: number, at: FilePosition): SluiceError =>
  new SluiceError('matrix-too-large', `this matrix makes ${count} jobs; ${MAX_COMBINATIONS} is the most`, {
    at,
    hint: 'Leave combinations out with `exclude`, or divide it among several jobs.',
  });
