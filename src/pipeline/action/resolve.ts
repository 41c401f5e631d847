import { join } from 'node:path';
import { type FilePosition, SluiceError } from '#core/error.ts';
import type { Action } from '../workflow/model.ts';
import { readAction } from '../workflow/read.ts';
import { readInside } from './inside.ts';
import type { Mirror } from './mirror.ts';
import { type ActionReference, isPinned, parseReference } from './reference.ts';

/** An action whose files are there: what its `action.yml` says, and the folder it lies in. */
export interface FoundAction {
  readonly action: Action;
  readonly folder: string;
  /** `OWNER/NAME/PATH/COMMIT`, or the path in the workspace. */
  readonly name: string;
  readonly repository: string;
  readonly ref: string;
}

const MOST_BYTES = 2 ** 20;

/** @throws SluiceError `action-unknown` at the place of the `uses` */
export function referenceOf(uses: string, at: FilePosition): ActionReference {
  const reference = parseReference(uses);
  if (reference !== undefined) return reference;
  const hint = 'Write `OWNER/NAME@COMMIT`, `./path/in/the/repository`, or `docker://IMAGE`.';
  throw new SluiceError('action-unknown', `\`${uses}\` names no action`, { at, hint });
}

/**
 * The files of an action of another repository, by its whole commit id from a mirror on this machine; `from` says where
 * the repository lies when it is no mirror.
 *
 * @throws SluiceError `action-not-pinned`, `action-not-mirrored`, `action-commit-missing`, `action-unreadable`
 */
export async function findRemote(
  reference: Extract<ActionReference, { kind: 'remote' }>,
  at: FilePosition,
  mirror: Mirror,
  from?: string,
): Promise<FoundAction> {
  const { repository, path, ref } = reference;
  if (!isPinned(ref)) {
    const hint = 'A tag or branch can be moved to other code. Write the whole id of the commit after the @.';
    throw new SluiceError('action-not-pinned', `${repository} is named by \`${ref}\` and not by a commit`, {
      at,
      hint,
    });
  }
  try {
    const root = await mirror.materialise(repository, ref, from);
    const name = [repository.toLowerCase(), ref, ...(path === '' ? [] : [path])].join('/');
    return { action: readFrom(root, path, name), folder: root, name, repository, ref };
  } catch (error) {
    throw error instanceof SluiceError ? placed(error, at) : error;
  }
}

/** @throws SluiceError `action-unreadable` where the workspace has no such action (yet) */
export function findLocal(path: string, workspace: string, at: FilePosition): FoundAction {
  try {
    return {
      action: readFrom(workspace, path, `./${path}`),
      folder: join(workspace, path),
      name: path,
      repository: '',
      ref: '',
    };
  } catch (error) {
    throw error instanceof SluiceError ? placed(error, at) : error;
  }
}

function readFrom(root: string, path: string, shown: string): Action {
  for (const file of ['action.yml', 'action.yaml']) {
    const content = readInside(root, join(path, file), MOST_BYTES);
    if (content !== undefined) return readAction({ file: `${shown}/${file}`, content });
  }
  const hint = 'Is it checked out? A local action is read from the workspace of the job.';
  throw new SluiceError('action-unreadable', `there is no action.yml in ${shown}`, { hint });
}

function placed(error: SluiceError, at: FilePosition): SluiceError {
  if (error.at !== undefined) return error;
  const { code, message, hint, cause } = error;
  return new SluiceError(code, message, { at, cause, ...(hint === undefined ? {} : { hint }) });
}
