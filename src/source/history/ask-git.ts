import type { Git } from '#core/ports.ts';
import type { Attribution, Question } from './attribution.ts';
import { NOTHING_FLAGGED } from './changes.ts';
import type { IdTable } from './id-table.ts';
import { PatchReader } from './patch.ts';
import type { Repository } from './repository.ts';

/** The options that make `diff-tree` print what `log -p -U0` prints by default: roots shown, merges not. */
const DIFF = [
  ...['diff-tree', '--stdin', '-r', '-p', '-U0', '--root', '--no-color', '--no-ext-diff', '--no-textconv'],
  ...['--full-index', '--src-prefix=a/', '--dst-prefix=b/', '--inter-hunk-context=0', '--ignore-submodules=all'],
];

/** Names on the command line at most; beyond, git shows the whole commits. */
const MOST_PATHS = 400;

interface Asking {
  readonly git: Git;
  readonly repository: Repository;
  readonly cwd: string;
  readonly attribution: Attribution;
  readonly commits: IdTable;
  readonly signal: AbortSignal | undefined;
}

/**
 * Lets git's own diff decide the changes that cannot be decided otherwise. New paths may be renamed ones, so there git
 * has to see whole commits; where the path was there before, it is enough that it sees the path.
 */
export async function askGit(asking: Asking): Promise<void> {
  const { questions } = asking.attribution;
  const edits = questions.filter(({ before }) => before !== NOTHING_FLAGGED);
  const paths = [...new Set(edits.map(({ path }) => path))].sort();
  const isLimited = paths.length <= MOST_PATHS && paths.every((path) => /^[\x20-\x7e]+$/.test(path));
  if (!isLimited) {
    await ask(asking, questions, ['-M']);
    return;
  }
  await ask(asking, edits, ['--no-renames', '--', ...paths.map((path) => `:(literal,top)${path}`)]);
  const others = questions.filter(({ before }) => before === NOTHING_FLAGGED);
  await ask(asking, others, ['-M']);
}

async function ask(asking: Asking, asked: readonly Question[], how: readonly string[]): Promise<void> {
  if (asked.length === 0) return;
  const { git, repository, cwd, attribution, signal } = asking;
  const questions = new Map<string, Map<string, Question>>();
  for (const question of asked) {
    const commit = asking.commits.hex(question.commit);
    const paths = questions.get(commit) ?? new Map<string, Question>();
    questions.set(commit, paths.set(question.path, question));
  }
  const reader = new PatchReader(
    (commit, path) => questions.get(commit)?.has(path) ?? false,
    (added) => attribution.addLines(added, questions.get(added.commit)?.get(added.path) as Question),
  );
  const input = `${[...questions.keys()].join('\n')}\n`;
  const options = { cwd, input, ...(signal === undefined ? {} : { signal }) };
  // A repository that is said to be bare has no work tree whose attributes could change what is shown.
  const where = ['--git-dir', repository.gitDir, '-c', 'core.bare=true', '-c', 'core.quotePath=false'];
  for await (const chunk of git.stream([...where, ...DIFF, ...how], options)) reader.push(chunk);
  reader.end();
}
