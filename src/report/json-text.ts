import type { Pieces } from './options.ts';

/** So deep a value is written member by member; what is below (a result of a run of a SARIF log) is one piece each. */
const DEPTH = 4;

/**
 * JSON of a value, two spaces deep, with a line break at its end: in pieces, what `JSON.stringify` gives. Beyond what that
 * escapes, every character that a terminal or a reviewer would obey rather than see (C1 controls, bidirectional and other
 * format characters, U+2028 and U+2029) is written as `\uXXXX`, which any JSON reader turns back into the same string; so
 * is the start of what CI services take for a command in a log (`##[…]`, `##vso[…]`).
 */
export function* jsonText(value: unknown): Pieces {
  yield* written(value, '', DEPTH);
  yield '\n';
}

function* written(value: unknown, indent: string, depth: number): Pieces {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    yield escaped(value).replaceAll('\n', `\n${indent}`);
    return;
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  let before = open;
  for (const [name, member] of membersOf(value)) {
    yield `${before}\n${indent}  ${name}`;
    yield* written(member, `${indent}  `, depth - 1);
    before = ',';
  }
  yield before === open ? open + close : `\n${indent}${close}`;
}

/** Each with its name and a colon, where it has one. An object leaves out what is `undefined`; a list cannot. */
function* membersOf(value: object): Generator<readonly [name: string, member: unknown]> {
  if (Array.isArray(value)) {
    for (const member of value) yield ['', member ?? null];
    return;
  }
  for (const [name, member] of Object.entries(value)) if (member !== undefined) yield [`${escaped(name)}: `, member];
}

const escaped = (value: unknown): string =>
  JSON.stringify(value, undefined, 2)
    .replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, escapeUnits)
    .replace(/##(?=\w*\[)/g, '#\\u0023');

function escapeUnits(character: string): string {
  let units = '';
  for (let index = 0; index < character.length; index += 1) {
    units += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return units;
}
