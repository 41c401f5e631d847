import type { Definition } from '@actions/workflow-parser/templates/schema/definition';
import { DefinitionType } from '@actions/workflow-parser/templates/schema/definition-type';
import type { MappingDefinition } from '@actions/workflow-parser/templates/schema/mapping-definition';
import type { OneOfDefinition } from '@actions/workflow-parser/templates/schema/one-of-definition';
import type { SequenceDefinition } from '@actions/workflow-parser/templates/schema/sequence-definition';
import type { StringDefinition } from '@actions/workflow-parser/templates/schema/string-definition';
import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import { closest, distance } from 'fastest-levenshtein';
import type { Language } from './language.ts';
import type { Path } from './yaml-items.ts';

/** What the language allows at a place of the file. */
export interface Expectation {
  /** Keys, when a mapping may stand there; empty when any key may. */
  readonly keys: readonly string[];
  /** In words: `a text`, `read`, `a list`. */
  readonly values: readonly string[];
  /** Contexts and functions that an expression may use there. */
  readonly contexts: readonly string[];
}

/** Keys that the library knows and the platform has not switched on. */
const NOT_YET = new Set(['background', 'wait', 'wait-all', 'cancel']);

export function expectationAt({ schema, root }: Language, path: Path): Expectation {
  const contexts = new Set<string>();
  let definitions = flat(schema, schema.getDefinition(root), contexts);
  for (const key of keysOf(path)) definitions = definitions.flatMap((one) => below(schema, one, key, contexts));
  const keys = new Set<string>();
  const values = new Set<string>();
  for (const one of definitions) {
    values.add(wordFor(one));
    if (isMapping(one)) for (const key of Object.keys(one.properties)) if (!NOT_YET.has(key)) keys.add(key);
  }
  return { keys: [...keys].toSorted(), values: [...values], contexts: [...contexts] };
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at?.parent !== undefined; at = at.parent) keys.unshift(at.key);
  return keys;
}

function below(schema: TemplateSchema, one: Definition, key: string | number, contexts: Set<string>): Definition[] {
  if (typeof key === 'number') {
    if (one.definitionType !== DefinitionType.Sequence) return [];
    return flat(schema, schema.getDefinition((one as SequenceDefinition).itemType), contexts);
  }
  if (!isMapping(one)) return [];
  const type = one.properties[key]?.type ?? one.looseValueType;
  return type ? flat(schema, schema.getDefinition(type), contexts) : [];
}

/** A definition without its alternatives. */
function flat(schema: TemplateSchema, definition: Definition, contexts: Set<string>): Definition[] {
  for (const context of definition.readerContext) contexts.add(context);
  if (definition.definitionType !== DefinitionType.OneOf) return [definition];
  return (definition as OneOfDefinition).oneOf.flatMap((name) => flat(schema, schema.getDefinition(name), contexts));
}

const isMapping = (one: Definition): one is MappingDefinition => one.definitionType === DefinitionType.Mapping;

function wordFor(one: Definition): string {
  switch (one.definitionType) {
    case DefinitionType.Null:
      return 'nothing';
    case DefinitionType.Boolean:
      return 'true or false';
    case DefinitionType.Number:
      return 'a number';
    case DefinitionType.Sequence:
      return 'a list';
    case DefinitionType.Mapping:
      return 'a mapping';
    default: {
      const { constant, requireNonEmpty } = one as StringDefinition;
      return constant === '' ? (requireNonEmpty ? 'a text that is not empty' : 'a text') : `\`${constant}\``;
    }
  }
}

/** `a, b or c`; long lists are cut, since nobody reads them. */
export function alternatives(words: readonly string[], most = 24): string {
  const shown = words.length > most ? [...words.slice(0, most), '…'] : words;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

/** The known word that is meant, or all of them. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const longer = word.length < 3 ? [] : known.filter((one) => one.toLowerCase().startsWith(lower));
  const best = longer.length === 1 ? (longer[0] as string) : word.length > 100 ? '' : closest(lower, known);
  const near = longer.length === 1 || distance(lower, best) <= Math.max(1, word.length / 4);
  if (best !== '' && near) return `Did you mean \`${best}\`?`;
  return `Known here: ${alternatives(known, 40)}.`;
}
