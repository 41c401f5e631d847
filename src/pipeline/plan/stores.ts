import type { Contexts } from '../expression/scope.ts';
import type { UsesStep } from '../workflow/model.ts';
import { shownText } from './known.ts';
import type { StoreUse } from './schema.ts';

interface StoreAction {
  readonly kind: StoreUse['kind'];
  readonly direction: StoreUse['direction'];
  /** The inputs that may name it, the first that is given counts. */
  readonly inputs: readonly string[];
  /** When none is given. */
  readonly otherwise: string;
}

const ACTIONS: ReadonlyMap<string, StoreAction> = new Map<string, StoreAction>([
  ['actions/upload-artifact', { kind: 'artifact', direction: 'write', inputs: ['name'], otherwise: 'artifact' }],
  [
    'actions/upload-artifact/merge',
    { kind: 'artifact', direction: 'both', inputs: ['name'], otherwise: 'merged-artifacts' },
  ],
  ['actions/download-artifact', { kind: 'artifact', direction: 'read', inputs: ['name', 'pattern'], otherwise: '*' }],
  [
    'actions/upload-pages-artifact',
    { kind: 'artifact', direction: 'write', inputs: ['name'], otherwise: 'github-pages' },
  ],
  ['actions/cache', { kind: 'cache', direction: 'both', inputs: ['key'], otherwise: '*' }],
  ['actions/cache/restore', { kind: 'cache', direction: 'read', inputs: ['key'], otherwise: '*' }],
  ['actions/cache/save', { kind: 'cache', direction: 'write', inputs: ['key'], otherwise: '*' }],
]);

/** The artifact or cache that a step reads or writes. */
export function storesOf({ uses, with: inputs }: UsesStep, contexts: Contexts): StoreUse[] {
  const action = ACTIONS.get((uses.split('@')[0] ?? '').toLowerCase());
  if (action === undefined) return [];
  const named = action.inputs.map((name) => inputs.find(({ key }) => key.toLowerCase() === name)?.value);
  const name = named.find((one) => one !== undefined && one.text !== '');
  const { kind, direction, otherwise } = action;
  return [{ kind, direction, name: name === undefined ? otherwise : shownText(name, contexts) }];
}
