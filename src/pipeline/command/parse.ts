/** One workflow command, unescaped: `::error file=a.js,line=3::Broken`. */
export interface WorkflowCommand {
  /** Lower case. */
  readonly name: string;
  /** Names in lower case; the last of two with one name counts. */
  readonly properties: Readonly<Record<string, string>>;
  readonly value: string;
}

/** A longer line is text, whatever it starts with. */
const LONGEST_COMMAND = 1024 * 1024;

/**
 * The command in a line of a step's output, if there is one: the form `::name key=value,…::value` after white space at
 * most, or the older `##[name key=value;…]value`. `isKnown` tells names that are commands; all else is text.
 *
 * See https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function parseCommand(line: string, isKnown: (name: string) => boolean): WorkflowCommand | undefined {
  if (line.length > LONGEST_COMMAND) return undefined;
  return parseCurrent(line.trimStart(), isKnown) ?? parseOlder(line, isKnown);
}

function parseCurrent(line: string, isKnown: (name: string) => boolean): WorkflowCommand | undefined {
  if (!line.startsWith('::')) return undefined;
  const end = line.indexOf('::', 2);
  if (end < 0) return undefined;
  return commandOf(line.slice(2, end), line.slice(end + 2), ',', isKnown, CURRENT);
}

function parseOlder(line: string, isKnown: (name: string) => boolean): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  return commandOf(line.slice(start + 3, end), line.slice(end + 1), ';', isKnown, OLDER);
}

interface Escapes {
  readonly value: RegExp;
  readonly property: RegExp;
}

const CURRENT: Escapes = { value: /%(?:0D|0A|25)/g, property: /%(?:0D|0A|3A|2C|25)/g };
const OLDER: Escapes = { value: /%(?:0D|0A|3B|5D|25)/g, property: /%(?:0D|0A|3B|5D|25)/g };

function commandOf(
  head: string,
  value: string,
  separator: string,
  isKnown: (name: string) => boolean,
  escapes: Escapes,
): WorkflowCommand | undefined {
  const space = head.indexOf(' ');
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (name === '' || !isKnown(name)) return undefined;
  const properties = space < 0 ? {} : propertiesOf(head.slice(space + 1), separator, escapes.property);
  return { name, properties, value: unescaped(value, escapes.value) };
}

function propertiesOf(text: string, separator: string, escapes: RegExp): Record<string, string> {
  const entries: [string, string][] = [];
  for (const property of text.split(separator)) {
    const at = property.indexOf('=');
    const [key, value] = [property.slice(0, at).trim().toLowerCase(), property.slice(at + 1)];
    if (at > 0 && key !== '' && value !== '') entries.push([key, unescaped(value, escapes)]);
  }
  return Object.fromEntries(entries);
}

const unescaped = (text: string, escapes: RegExp): string =>
  text.includes('%') ? text.replace(escapes, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16))) : text;
