import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGit } from '../../src/adapters/git.ts';
import { type HistoryOptions, scanHistory } from '../../src/source/history/history.ts';
import type { HistoryResult } from '../../src/source/history/result.ts';
import { lineExaminer } from '../reference/line-examiner.ts';
import { scanLog } from '../reference/log-scanner.ts';

const SETTINGS = ['user.name=Ann Example', 'user.email=ann@example.com', 'commit.gpgSign=false', 'gc.auto=0'];
const FIXED = ['init.defaultBranch=main', 'protocol.file.allow=always', 'core.autocrlf=false', 'merge.ff=false'];

/** A repository in a temporary folder, with a clock of its own so that its commits are always the same. */
export class TestRepository {
  readonly path: string;
  #time = 1_700_000_000;

  constructor(...options: string[]) {
    this.path = mkdtempSync(join(tmpdir(), 'sluice-history-'));
    this.git('init', '--quiet', ...options);
  }

  git(...args: string[]): string {
    const settings = [...SETTINGS, ...FIXED].flatMap((setting) => ['-c', setting]);
    this.#time += 60;
    const date = `${this.#time} +0000`;
    const env = {
      PATH: process.env['PATH'],
      HOME: this.path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
    return execFileSync('git', [...settings, ...args], { cwd: this.path, env, stdio: ['ignore', 'pipe', 'pipe'] })
      .toString()
      .trim();
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), content);
  }

  commit(message = 'Change'): string {
    this.git('add', '--all', '--force');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const scan = (cwd: string, options: Partial<HistoryOptions> = {}): Promise<HistoryResult> =>
  scanHistory({ git: createGit(), cwd, examiner: lineExaminer, ...options });

/** What history found, as sorted lines `rule secret path commit`; what only merges brought is left out. */
export const found = ({ hits }: HistoryResult): string[] => [
  ...new Set(
    hits
      .flatMap(({ rule, secret, places }) =>
        places.filter(({ merge }) => !merge).map(({ path, commit }) => `${rule} ${secret.reveal()} ${path} ${commit}`),
      )
      .sort(),
  ),
];

/** What the plain scanner of `git log -p` finds, in the same form. */
export const expected = async (gitDir: string, examiner = lineExaminer): Promise<string[]> => [
  ...new Set(
    (await scanLog(gitDir, examiner))
      .map(({ rule, secret, path, commit }) => `${rule} ${Buffer.from(secret, 'latin1').toString()} ${path} ${commit}`)
      .sort(),
  ),
];
