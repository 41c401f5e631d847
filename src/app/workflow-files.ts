import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { readInside } from '#pipeline/action/inside.ts';
import { suggestion } from '#pipeline/workflow/expectation.ts';
import type { Workflow } from '#pipeline/workflow/model.ts';
import { type Checked, checkWorkflow, MAX_BYTES } from '#pipeline/workflow/read.ts';
import { isWithin } from './discovered.ts';

/** Where workflows lie; those of the first are ours alone, and the platform does not start them. */
const WORKFLOW_FOLDERS = ['.sluice/workflows', '.github/workflows'] as const;

/** A workflow file of a repository, read. */
export interface WorkflowFile {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  readonly checked: Checked<Workflow>;
}

/**
 * The workflows that a word means: a path, the name of a file with or without its ending, the `name` of a workflow; all
 * of them without a word. In code unit order, those of `.sluice` first.
 *
 * @throws SluiceError `workflow-not-found`, `path-outside`
 */
export function workflowFiles(root: string, word?: string): readonly WorkflowFile[] {
  const path = word === undefined ? undefined : pathOf(root, word);
  if (path !== undefined) return [readFile(root, path)];
  const all = WORKFLOW_FOLDERS.flatMap((folder) => filesIn(root, folder));
  if (word === undefined) {
    if (all.length > 0) return all.map((file) => readFile(root, file));
    const hint = `Put one into ${WORKFLOW_FOLDERS.join(' or ')}.`;
    throw new SluiceError('workflow-not-found', 'this repository has no workflows', { hint });
  }
  const named = all.filter((file) => basename(file) === word || basename(file).replace(/\.ya?ml$/, '') === word);
  if (named.length > 0) return named.map((file) => readFile(root, file));
  const read = all.map((file) => readFile(root, file));
  const called = read.filter(({ checked }) => checked.ok && checked.value.name.toLowerCase() === word.toLowerCase());
  if (called.length > 0) return called;
  const known = all.map((file) => basename(file).replace(/\.ya?ml$/, ''));
  throw new SluiceError('workflow-not-found', `there is no workflow ${word}`, {
    hint: suggestion(word, known) ?? `There are none in ${WORKFLOW_FOLDERS.join(' or ')}.`,
  });
}

/** A path on the command line is meant from where the user stands, or from the root of the repository. */
function pathOf(root: string, word: string): string | undefined {
  if (!/\.ya?ml$/.test(word)) return undefined;
  const files = [resolve(word), resolve(root, word)].filter((one) =>
    statSync(one, { throwIfNoEntry: false })?.isFile(),
  );
  if (files.length === 0) return undefined;
  const file = files.find((one) => isWithin(root, one));
  if (file !== undefined) return relative(root, file).split(sep).join('/');
  throw new SluiceError('path-outside', `${word} lies outside the repository`, {
    hint: 'Go into the repository that it belongs to, or name that with --folder.',
  });
}

function filesIn(root: string, folder: string): readonly string[] {
  try {
    const names = readdirSync(join(root, folder)).filter((name) => /\.ya?ml$/.test(name));
    return names.toSorted().map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function readFile(root: string, file: string): WorkflowFile {
  const content = readInside(root, file, MAX_BYTES);
  if (content !== undefined) return { file, checked: checkWorkflow({ file, content }) };
  const hint = `It must be a file of the repository with at most ${MAX_BYTES} bytes; a link out of it is not followed.`;
  const mistake = new SluiceError('workflow-unreadable', 'the file cannot be read', { at: { file }, hint });
  return { file, checked: { ok: false, mistakes: [mistake] } };
}
