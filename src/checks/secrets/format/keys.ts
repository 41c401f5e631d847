import type { Problem } from '#core/problem.ts';
import { plain } from '#core/secret.ts';
import type { TomlTable } from './document.ts';

/** The old single table and the new list, which gitleaks does not allow together. */
export function allowlistTables(table: TomlTable, key: 'allowlist'): readonly TomlTable[] {
  const single = table.table(key);
  const list = table.tables(`${key}s`);
  if (single === undefined) return list;
  if (list.length > 0) {
    throw table.error(key, `"${key}" and "${key}s" cannot be used together`, `Move [${key}] into [[${key}s]].`);
  }
  return [single];
}

/** A problem for each key that nothing reads. */
export function unknownKeys(table: TomlTable, known: readonly string[], where: string): Problem[] {
  return table.unknownKeys(known).map(({ key, meant }) => ({
    ...unsupported(table, key, `${where}: "${key}" is not a key that is understood, so it has no effect`),
    ...(meant === undefined ? {} : { hint: `Did you mean "${meant}"?` }),
  }));
}

export function unsupported(table: TomlTable, key: string, message: string): Problem {
  const at = table.document.position([...table.path, key]);
  return {
    code: 'rule-unsupported',
    message: plain(message),
    path: at.file,
    ...(at.line === undefined ? {} : { line: at.line }),
  };
}
