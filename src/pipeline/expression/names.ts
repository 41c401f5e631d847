import { ContextAccess, type Expr, FunctionCall, IndexAccess, Literal } from '@actions/expressions/ast';
import { childrenOf } from './syntax.ts';

/** What an expression reads, known before it is evaluated. */
export interface Names {
  /** Contexts, in lower case. */
  readonly contexts: Set<string>;
  /** Secrets in upper case; `*` when the name is computed or the whole context is used. `github.token` is `GITHUB_TOKEN`. */
  readonly secrets: Set<string>;
}

/** Adds what a tree reads to `names`. A stack of its own, since trees may be as deep as their text is long. */
export function collectNames(tree: Expr, names: Names): void {
  const open: Expr[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const named = node instanceof IndexAccess ? namedSecret(node) : undefined;
    if (named !== undefined) {
      names.contexts.add(named.context);
      if (named.secret !== undefined) names.secrets.add(named.secret);
      continue;
    }
    if (node instanceof ContextAccess) {
      const context = node.name.lexeme.toLowerCase();
      names.contexts.add(context);
      if (context === 'secrets') names.secrets.add('*');
      // The whole context holds the token.
      if (context === 'github') names.secrets.add('GITHUB_TOKEN');
    }
    open.push(...childrenOf(node));
  }
}

/** `secrets.NAME`, `secrets['NAME']`, `github.anything`. */
function namedSecret(node: IndexAccess): { readonly context: string; readonly secret?: string } | undefined {
  if (!(node.expr instanceof ContextAccess && node.index instanceof Literal)) return undefined;
  const context = node.expr.name.lexeme.toLowerCase();
  const name = node.index.literal.coerceString().toUpperCase();
  if (context === 'secrets') return { context, secret: name };
  if (context !== 'github') return undefined;
  return name === 'TOKEN' ? { context, secret: 'GITHUB_TOKEN' } : { context };
}

const STATUS_FUNCTIONS = new Set(['success', 'failure', 'always', 'cancelled']);

/** Whether a condition asks for the status itself, so that `success()` is not added to it. */
export function asksForStatus(tree: Expr): boolean {
  const open: Expr[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node instanceof FunctionCall && STATUS_FUNCTIONS.has(node.functionName.lexeme.toLowerCase())) return true;
    open.push(...childrenOf(node));
  }
  return false;
}
