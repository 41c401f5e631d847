import { SluiceError } from '#core/error.ts';
import { evaluate } from '../expression/evaluate.ts';
import type { Contexts } from '../expression/scope.ts';
import { isPrimitive, textOf } from '../expression/value.ts';
import type { Template, Value } from '../workflow/model.ts';
import { shown } from './shown.ts';

/** The value of a template, when it reads only what is known before the run; else nothing. */
export function knownValue(template: Template, contexts: Contexts): Value | undefined {
  if (!template.contexts.every((name) => Object.hasOwn(contexts, name))) return undefined;
  try {
    return evaluate(template, contexts);
  } catch (error) {
    // An input that nobody gave, a file that is not hashed yet: the run will say.
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

/**
 * The value as text where it is known, else the template as it was written: to be shown, so that what looks like a
 * credential is masked.
 */
export function shownText(template: Template, contexts: Contexts): string {
  const value = knownValue(template, contexts);
  return shown(value !== undefined && isPrimitive(value) ? textOf(value) : template.text);
}
