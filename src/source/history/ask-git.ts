import type { Git } from '#core/ports.ts';
import type { Attribution, Question } from './attribution.ts';
import type { IdTable } from './id-table.ts';
import { PatchReader } from './patch.ts';
import type { Repository } from './repository.ts';

/**
 * The options that make `diff-tree` print what `log -p -U0` prints by default: renames found, roots shown, merges not.
 * The rest undoes what a configuration could change.
 */
const DIFF = [
  ...['diff-tree', '--stdin', '-r', '-p', '-U0', '-M', '--root', '--no-color', '--no-ext-diff', '--no-textconv'],
  ...['--full-index', '--src-prefix=a/', '--dst-prefix=b/', '--inter-hunk-context=0', '--ignore-submodules=all'],
];

/** Lets git's own diff decide the changes that cannot be decided otherwise; one process for all of them. */
export async function askGit(
  git: Git,
  repository: Repository,
  cwd: string,
  attribution: Attribution,
  commits: IdTable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const questions = new Map<string, Map<string, Question>>();
  for (const question of attribution.questions) {
    const commit = commits.hex(question.commit);
    let paths = questions.get(commit);
    if (paths === undefined) questions.set(commit, (paths = new Map()));
    paths.set(question.path, question);
  }
  if (questions.size === 0) return;
  const reader = new PatchReader(
    (commit, path) => questions.get(commit)?.has(path) ?? false,
    (added) => attribution.addLines(added, questions.get(added.commit)?.get(added.path) as Question),
  );
  const input = `${[...questions.keys()].join('\n')}\n`;
  const options = { cwd, input, ...(signal === undefined ? {} : { signal }) };
  // A repository that is said to be bare has no work tree whose attributes could change what is shown.
  const where = ['--git-dir', repository.gitDir, '-c', 'core.bare=true', '-c', 'core.quotePath=false'];
  for await (const chunk of git.stream([...where, ...DIFF], options)) reader.push(chunk);
  reader.end();
}
