import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createGit } from '#adapters/git.ts';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import { writeAtomically } from '#engine/atomic-file.ts';
import { shown } from './user-file.ts';
import { written } from './written.ts';

export type HookType = 'pre-commit' | 'pre-push';
const HOOK_TYPES: readonly HookType[] = ['pre-commit', 'pre-push'];

const SIGNATURE = '# sluice hook';
const KEPT = '.before-sluice';

/** Runs the hook that was there first, then finds the program: on PATH, in the repository, by npx without a download. */
const PREAMBLE = (type: HookType): string => `#!/bin/sh
${SIGNATURE} ${type}: written by \`sluice hook install\`, removed by \`sluice hook uninstall\`.
set -eu
if ! command -v sluice > /dev/null 2>&1; then
  sluice() {
    if [ -x node_modules/.bin/sluice ]; then node_modules/.bin/sluice "$@"; else npx --no-install sluice "$@"; fi
  }
fi
before="$(dirname "$0")/${type}${KEPT}"
`;

const SCRIPTS: Readonly<Record<HookType, string>> = {
  'pre-commit': `${PREAMBLE('pre-commit')}if [ -x "$before" ]; then "$before" "$@"; fi
sluice scan --staged --no-progress
`,
  // Standard input names what is pushed, a line each: local ref, local id, remote ref, remote id (zeros: a new branch,
  // of which the commits that no remote has are new).
  'pre-push': `${PREAMBLE('pre-push')}pushed="$(cat)"
if [ -x "$before" ]; then printf '%s\\n' "$pushed" | "$before" "$@"; fi
printf '%s\\n' "$pushed" | while read -r _ local_id _ remote_id; do
  case "$local_id" in '' | 0000000000*) continue ;; esac
  case "$remote_id" in
    0000000000*) known="$(git rev-list --boundary "$local_id" --not --remotes | sed -n 's/^-//p' | head -n 1)" ;;
    *) known="$remote_id" ;;
  esac
  sluice scan --commits "\${known:+$known..}$local_id" --no-progress < /dev/null
done
`,
};

/**
 * Installs hooks into a repository; answers with the files written. A hook of somebody else is kept beside and called first.
 *
 * @throws SluiceError `not-a-repository`; `hooks-elsewhere` when another tool keeps the repository's hooks.
 */
export async function installHooks(
  folder: string,
  types: readonly HookType[],
  git: Git = createGit(),
): Promise<string[]> {
  const hooks = await hooksFolder(git, folder);
  return types.map((type) => {
    const file = join(hooks, type);
    written(shown(file), () => write(file, SCRIPTS[type]));
    return shown(file);
  });
}

function write(file: string, script: string): void {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && !isOurs(file)) renameSync(file, file + KEPT);
  // As a whole: a link of this name is replaced and not followed.
  writeAtomically(file, script, { mode: 0o755 });
  chmodSync(file, 0o755);
}

/** Takes our hooks out and puts back what was there before; answers with the files removed. */
export async function uninstallHooks(folder: string, git: Git = createGit()): Promise<string[]> {
  const hooks = await hooksFolder(git, folder);
  return HOOK_TYPES.map((type) => join(hooks, type))
    .filter((file) => existsSync(file) && isOurs(file))
    .map((file) => {
      rmSync(file);
      if (existsSync(file + KEPT)) renameSync(file + KEPT, file);
      return shown(file);
    });
}

const isOurs = (file: string): boolean => readFileSync(file, 'utf8').includes(SIGNATURE);

async function hooksFolder(git: Git, folder: string): Promise<string> {
  const cwd = resolve(folder);
  const root = await gitFolder(git, cwd, folder);
  const configured = await configuredFolder(cwd);
  if (configured === '') return join(resolve(cwd, root), 'hooks');
  const place = relative(cwd, resolve(cwd, configured)) || configured;
  throw new SluiceError('hooks-elsewhere', `git looks for hooks in ${place} here (core.hooksPath)`, {
    hint: 'Add the line `npx sluice scan --staged` to the pre-commit hook there.',
  });
}

async function gitFolder(git: Git, cwd: string, folder: string): Promise<string> {
  try {
    return await answerOf(git, cwd, ['rev-parse', '--git-common-dir']);
  } catch (cause) {
    if (!(cause instanceof SluiceError) || cause.code !== 'git-failed') throw cause;
    const hint = 'Name a folder of one, or make one with `git init`.';
    throw new SluiceError('not-a-repository', `${folder} is in no git repository`, { hint, cause });
  }
}

/** The repository's own setting, else the user's, else the system's, as git has it; empty where none says anything. */
async function configuredFolder(cwd: string): Promise<string> {
  const git = createGit({ userConfiguration: true });
  for (const scope of ['--local', '--global', '--system']) {
    const query = ['config', scope, '--includes', '--default', '', '--get', 'core.hooksPath'];
    const path = await answerOf(git, cwd, query);
    if (path !== '') return path;
  }
  return '';
}

const answerOf = async (git: Git, cwd: string, args: readonly string[]): Promise<string> =>
  (await git.run(args, { cwd })).toString().replace(/\r?\n$/, '');
