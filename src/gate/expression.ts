import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { closest, distance } from 'fastest-levenshtein';
import { SluiceError } from '#core/error.ts';
import { VOCABULARY } from './vocabulary.ts';

/** What an expression is asked about: each finding, each problem, or the scan as a whole. */
export type Subject = 'finding' | 'problem' | 'scan';

export interface Expression {
  readonly source: string;
  readonly subject: Subject;
  evaluate(words: Record<string, unknown>): boolean;
}

/** Thrown for an expression that does not compile: `offset` counts UTF-16 units from its start. */
export class ExpressionError extends SluiceError {
  readonly offset: number;

  constructor(message: string, offset: number, hint: string | undefined) {
    super('expression-invalid', message, hint === undefined ? {} : { hint });
    this.offset = offset;
  }
}

/**
 * Compiles a CEL expression that must answer true or false.
 *
 * @throws ExpressionError when it does not parse, uses an unknown name, mixes types or asks of a finding and a problem at once.
 */
export function compileExpression(environment: Environment, source: string): Expression {
  const parsed = parse(environment, source);
  const checked = parsed.check();
  if (!checked.valid) throw explain(source, checked.error);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    throw new ExpressionError(`answers with ${checked.type}, not true or false`, 0, 'Compare it with something.');
  }
  const names = namesIn(parsed.ast);
  if (names.has('finding') && names.has('problem')) {
    throw new ExpressionError('asks about `finding` and `problem` at once', 0, 'Write one rule for each.');
  }
  const subject = names.has('finding') ? 'finding' : names.has('problem') ? 'problem' : 'scan';
  return { source, subject, evaluate: (words) => answer(source, () => parsed(words)) };
}

function parse(environment: Environment, source: string): ReturnType<Environment['parse']> {
  try {
    return environment.parse(source);
  } catch (error) {
    throw explain(source, error);
  }
}

/** An expression that fails while it is asked (a missing key of a map) stops the scan: a gate does not guess. */
function answer(source: string, ask: () => unknown): boolean {
  let value: unknown;
  try {
    value = ask();
  } catch (cause) {
    const [summary] = (cause as Error).message.split('\n');
    throw new SluiceError('expression-failed', `The policy expression \`${source}\` failed: ${summary}.`, { cause });
  }
  if (typeof value === 'boolean') return value;
  throw new SluiceError('expression-failed', `The policy expression \`${source}\` did not answer true or false.`);
}

function explain(source: string, error: unknown): ExpressionError {
  const { message, range } = error as { message: string; range?: { start: number; end: number } };
  const [summary = message] = message.split('\n');
  const offset = Math.min(range?.start ?? 0, source.length);
  const unknown = /^(?:Unknown variable|No such key): (\S+)$/.exec(summary)?.[1];
  return new ExpressionError(summary, offset, unknown === undefined ? undefined : suggestion(unknown));
}

function suggestion(unknown: string): string | undefined {
  const known = [
    ...['finding', 'problem', 'context', 'findings', 'suppressed', 'problems', 'now'],
    ...VOCABULARY.scale,
    ...Object.keys(VOCABULARY.finding),
    ...Object.keys(VOCABULARY.problem),
    ...Object.keys(VOCABULARY.context),
  ];
  const best = closest(unknown, known);
  return distance(unknown, best) <= 3 ? `Did you mean \`${best}\`?` : undefined;
}

function namesIn(ast: ASTNode): Set<string> {
  const names = new Set<string>();
  const waiting: unknown[] = [ast];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (Array.isArray(node)) waiting.push(...node);
    else if (typeof node === 'object' && node !== null) {
      const { op, args } = node as { op?: string; args?: unknown };
      if (op === 'id' && typeof args === 'string') names.add(args);
      else waiting.push(args);
    }
  }
  return names;
}
