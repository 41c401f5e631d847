import { findBlowUp } from '../regex/guard.ts';
import { type GoRegex, translate } from '../regex/regex.ts';
import { PatternError } from '../regex/syntax.ts';
import type { TomlTable } from './document.ts';

/** The regex under a key; `undefined` when there is none. */
export function patternAt(table: TomlTable, key: string): GoRegex | undefined {
  const pattern = table.string(key);
  return pattern === '' ? undefined : checked(table, key, pattern);
}

/**
 * A list of patterns as the source of one expression that any of them satisfies. They are joined as text before they are
 * translated, as gitleaks does it: a flag in the middle of one (`(?i)`) holds for those after it, too.
 */
export function joined(table: TomlTable, key: string): string | undefined {
  const patterns = table.strings(key);
  if (patterns.length === 0) return undefined;
  patterns.forEach((pattern, index) => {
    checked(table, `${key}.${index}`, pattern);
  });
  return translate(`(?:${patterns.join('|')})`).source;
}

/** @throws SluiceError `rules-invalid`: Go would refuse the pattern, or matching it here could take for ever */
function checked(table: TomlTable, key: string, pattern: string): GoRegex {
  const path = key.split('.');
  try {
    const regex = translate(pattern);
    const blowUp = findBlowUp(regex.tree);
    if (blowUp === undefined) return regex;
    throw table.error(path.join('.'), blowUp.message, blowUp.hint);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const message = `"${path[0]}" is not a pattern Go would compile: ${error.message} (character ${error.offset + 1})`;
    throw table.document.errorIn([...table.path, ...path], error.offset, message, error.hint);
  }
}
