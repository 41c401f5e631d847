import type { MappingDefinition } from '@actions/workflow-parser/templates/schema/mapping-definition';
import { workflowSyntax } from './language.ts';
import { Fields, textOf } from './mapping.ts';
import type { Permissions } from './model.ts';

type Access = Permissions[string];

/** Every scope of the platform's token, in order; `read` tells which of them can be only read, or only written. */
function scopes(): readonly { readonly name: string; readonly most: Access; readonly readable: boolean }[] {
  const { schema } = workflowSyntax();
  const { properties } = schema.getDefinition('permissions-mapping') as MappingDefinition;
  return Object.entries(properties)
    .map(([name, { type }]) => ({
      name,
      most: type === 'permission-level-read-or-no-access' ? ('read' as const) : ('write' as const),
      readable: type !== 'permission-level-write-or-no-access',
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** `permissions:` with every scope spelt out, or nothing when the file does not say. */
export function permissionsOf(parent: Fields): Permissions | undefined {
  const token = parent.token('permissions');
  if (token === undefined) return undefined;
  const fields = new Fields(token, parent.reading);
  const short = fields.short === undefined ? undefined : textOf(fields.short, parent.reading);
  return Object.fromEntries(
    scopes().map(({ name, most, readable }): [string, Access] => {
      if (short === 'write-all') return [name, most];
      if (short === 'read-all') return [name, readable ? 'read' : 'none'];
      const said = fields.text(name);
      return [name, said === 'read' || said === 'write' ? said : 'none'];
    }),
  );
}
