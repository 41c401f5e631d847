import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { SluiceError } from '#core/error.ts';
import { type Mistake, misspeltValue, mistakeOf } from './mistakes.ts';

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
 * Compiles a CEL expression that must answer true or false. `values`: of some fields (`finding.family`), all there are.
 *
 * @throws ExpressionError when it does not parse, uses an unknown name, compares a field with what it never is, mixes types or
 * asks of a finding and a problem at once.
 */
export function compileExpression(
  environment: Environment,
  source: string,
  values: ReadonlyMap<string, readonly string[]> = new Map(),
): Expression {
  const parsed = parse(environment, source);
  const checked = parsed.check();
  if (!checked.valid) throw explain(mistakeOf(environment, source, checked.error));
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    throw new ExpressionError(`answers with ${checked.type}, not true or false`, 0, 'Compare it with something.');
  }
  const misspelt = misspeltValue(parsed.ast, values);
  if (misspelt !== undefined) throw explain(misspelt);
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
    throw explain(mistakeOf(environment, source, error));
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

const explain = (mistake: Mistake): ExpressionError =>
  new ExpressionError(mistake.message, mistake.offset, mistake.hint);

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
