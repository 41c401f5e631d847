import { execFileSync } from 'node:child_process';
import { project, write } from './sluice.ts';

/** Runs git in a repository, as a fixed person at a fixed time. */
export function git(folder: string, ...args: string[]): string {
  const date = '2026-03-01T12:00:00Z';
  return execFileSync('git', ['-c', 'init.defaultBranch=main', '-c', 'commit.gpgsign=false', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@shop.example',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@shop.example',
      GIT_COMMITTER_DATE: date,
    },
  });
}

/** A repository with one commit of these files. */
export function repository(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = project(files);
  git(folder, 'init', '--quiet');
  commit(folder, {}, 'first');
  return folder;
}

export function commit(folder: string, files: Readonly<Record<string, string | Buffer>>, message: string): void {
  write(folder, files);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
}
