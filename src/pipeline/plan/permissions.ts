import type { Job, Permissions, Workflow } from '../workflow/model.ts';

/** What a workflow gets that does not say: reading its own code and packages, as the platform's careful default. */
const DEFAULT: Permissions = { contents: 'read', packages: 'read' };
const RANK = { none: 0, read: 1, write: 2 } as const;

/** A scope of which a called workflow asks for more than its caller may give; nothing when there is none. */
export function exceeding(
  asked: Permissions,
  bound: Permissions,
): { readonly scope: string; readonly access: string } | undefined {
  const found = Object.entries(asked).find(([scope, access]) => RANK[access] > RANK[bound[scope] ?? 'none']);
  return found === undefined ? undefined : { scope: found[0], access: found[1] };
}

/** What is left of permissions within a bound: a called workflow never has more than its caller. */
export interface PermissionBounds {
  /** The caller's, when the workflow is called. */
  readonly atMost?: Permissions;
  /** Untrusted code reads, whatever the file says. */
  readonly trusted: boolean;
}

/** The permissions of a job: its own, else the workflow's, else the caller's, else the default; only scopes that are not `none`, by name. */
export function permissionsOf(
  { permissions }: Pick<Workflow, 'permissions'>,
  job: Pick<Job, 'permissions'>,
  { atMost, trusted }: PermissionBounds,
): Permissions {
  const asked = job.permissions ?? permissions ?? atMost ?? DEFAULT;
  const entries = Object.entries(asked).map(([scope, access]): [string, Permissions[string]] => {
    const bound = atMost === undefined ? 'write' : (atMost[scope] ?? 'none');
    const allowed = RANK[bound] < RANK[access] ? bound : access;
    return [scope, allowed === 'write' && !trusted ? (scope === 'id-token' ? 'none' : 'read') : allowed];
  });
  return Object.fromEntries(entries.filter(([, access]) => access !== 'none').toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
