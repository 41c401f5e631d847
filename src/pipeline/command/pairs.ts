/** What a command file holds that cannot be read as `NAME=VALUE` or as a here-document; never quotes a value. */
export class MalformedFile extends Error {
  override readonly name = 'MalformedFile';
}

export interface Pair {
  readonly name: string;
  readonly value: string;
}

const MOST_PAIRS = 10_000;

/**
 * The pairs of a file such as the one that `GITHUB_ENV` names, in order: `NAME=VALUE` on a line, or `NAME<<DELIMITER`, lines,
 * and `DELIMITER` alone on a line. Whichever of `=` and `<<` comes first on a line says which it is. Empty lines between
 * pairs are passed over; a value keeps its own.
 *
 * @throws MalformedFile naming the line
 */
export function parsePairs(text: string): Pair[] {
  const pairs: Pair[] = [];
  const lines = text.split('\n');
  // What follows the last line feed is a line of its own only where it holds something.
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  for (let index = 0; index < count; ) {
    const line = lines[index] as string;
    if (line === '') {
      index += 1;
      continue;
    }
    if (pairs.length === MOST_PAIRS) throw new MalformedFile(`more than ${MOST_PAIRS} values`);
    const { pair, next } = isHereDocument(line) ? hereDocument(lines, index, count) : single(line, index);
    pairs.push(pair);
    index = next;
  }
  return pairs;
}

function isHereDocument(line: string): boolean {
  const mark = line.indexOf('<<');
  const equals = line.indexOf('=');
  return mark >= 0 && (equals < 0 || mark < equals);
}

function single(line: string, index: number): { pair: Pair; next: number } {
  const equals = line.indexOf('=');
  if (equals < 0) throw new MalformedFile(`line ${index + 1} has neither \`=\` nor \`<<\``);
  if (equals === 0) throw new MalformedFile(`line ${index + 1} has no name before \`=\``);
  return { pair: { name: line.slice(0, equals), value: line.slice(equals + 1) }, next: index + 1 };
}

function hereDocument(lines: readonly string[], start: number, count: number): { pair: Pair; next: number } {
  const line = lines[start] as string;
  const mark = line.indexOf('<<');
  const [name, delimiter] = [line.slice(0, mark), line.slice(mark + 2)];
  if (name === '' || delimiter === '') throw new MalformedFile(`line ${start + 1} lacks a name or a delimiter`);
  for (let index = start + 1; index < count; index += 1) {
    if (lines[index] === delimiter)
      return { pair: { name, value: lines.slice(start + 1, index).join('\n') }, next: index + 1 };
  }
  throw new MalformedFile(`line ${start + 1} starts a value whose delimiter never comes`);
}
