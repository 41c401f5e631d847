import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commit, git } from '../support/repository.ts';
import { write } from '../support/sluice.ts';
import {
  type Attacked,
  canaries,
  environmentOf,
  expression,
  job,
  type Lab,
  openLab,
  stepsOf,
  type Yaml,
} from './lab.ts';

/*
 * A job against the machine that it runs on: the repository and its `.sluice`, the folder of the person, other repositories.
 */

const NEVER = 'must stay as it is';

describe('a job that looks for the host', () => {
  const PLACES = (lab: Lab): string =>
    [lab.folder, environmentOf(lab.folder)['SLUICE_HOME'], lab.beside('inputs')].join(' ');
  const CASES: Readonly<Record<string, readonly (string | Yaml)[]>> = {
    'reads its folders by their paths': [
      `for p in $PLACES; do ls -A "$p" 2>/dev/null && echo "GOT $p"; done; echo tried`,
    ],
    'climbs out of its workspace': [
      'ls -A /workspace/.. /workspace/../../project 2>/dev/null | grep -q secrets.json && echo GOT; echo tried',
    ],
    'finds the store of secrets': [
      'find / -xdev \\( -name secrets.json -o -name "*.env" -o -name ledger -o -name vault \\) -not -path "/proc/*" -not -path "/usr/*" 2>/dev/null | sed "s/^/GOT /"; echo tried',
    ],
    'writes hooks into what it checked out': [
      { uses: 'actions/checkout@v4' },
      'mkdir -p .git/hooks; for h in pre-commit post-checkout reference-transaction; do printf "#!/bin/sh\\ntouch /tmp/hooked\\n" > .git/hooks/$h; chmod +x .git/hooks/$h; done; git config core.fsmonitor "touch /tmp/hooked"; git config core.hooksPath .git/hooks; echo changed > file; git -c user.name=a -c user.email=b@c commit -qam changed; git remote -v; echo tried',
      { uses: 'sluice/scan' },
      { uses: 'actions/checkout@v4' },
    ],
    'pushes to where it came from': [
      'git init -q x; cd x; git remote add o "$REPO"; git fetch o 2>/dev/null && echo GOT; echo tried',
    ],
    'links its workspace elsewhere': [
      'cd /; rm -rf /workspace/* /workspace/.git; ln -s /etc /workspace/etc; ln -s "$REPO/.sluice" /workspace/state; echo x > /workspace/state/ledger/entries.jsonl 2>/dev/null && echo GOT; rmdir /workspace 2>/dev/null; mv /workspace /moved 2>/dev/null && echo GOT; echo tried',
    ],
    'links a summary and outputs elsewhere': [
      'for f in "$GITHUB_STEP_SUMMARY" "$GITHUB_OUTPUT" "$GITHUB_ENV"; do rm -f "$f" 2>/dev/null; ln -sf /etc/passwd "$f" 2>/dev/null; done; echo tried',
    ],
    'hashes what is not its own': [
      'ln -sf /etc/passwd p; ln -sf / root; echo tried',
      {
        run: `echo "hash [${expression("hashFiles('p', 'root/etc/passwd', '/etc/passwd', '../event.json', '../../run.json')")}]"`,
      },
    ],
    'is an action above the workspace': [{ uses: './../action' }],
    'is an action by a link': [
      'mkdir -p act; ln -sf /etc/passwd act/action.yml; ln -sf / up; echo tried',
      { uses: './act' },
      { uses: './up/workspace/../etc' },
    ],
    'checks out a repository of the host': [
      { uses: 'actions/checkout@v4', with: { repository: '../private', path: 'private' } },
      { uses: 'actions/checkout@v4', with: { repository: '../../private', path: 'private' } },
      'ls private 2>/dev/null | sed "s/^/GOT /"; echo tried',
    ],
    'uses an action of the host': [
      { uses: 'actions/checkout@v4', with: { repository: 'acme/../../private', path: 'q' } },
      'ls q 2>/dev/null | sed "s/^/GOT /"; echo tried',
    ],
    'checks out to the host': [
      { uses: 'actions/checkout@v4', with: { path: '../../../escaped' } },
      { uses: 'actions/checkout@v4', with: { path: '/tmp/escaped' } },
    ],
    'names a shell of the host': [{ shell: '../../../bin/sh {0}', run: 'echo tried' }],
    'works elsewhere': [
      { 'working-directory': '../../..', run: 'pwd; ls -A | grep -q project && echo GOT; echo tried' },
    ],
  };

  let lab: Lab;
  let attacked: Attacked;
  let before: string;
  const state = (): string =>
    execFileSync(
      'sh',
      [
        '-c',
        'git -C . rev-parse HEAD; git status --porcelain; cat .git/config; ls .git/hooks | grep -v sample; cat ../inputs/mine',
      ],
      { cwd: lab.folder },
    ).toString();

  beforeAll(async () => {
    lab = openLab({
      secrets: canaries(['TOKEN']),
      files: { file: 'x', 'sluice.yaml': 'actions: { mirrors: [../inputs/mirrors] }\n' },
    });
    write(lab.beside('inputs'), { mine: NEVER, 'mirrors/.keep': '', 'private/hidden': canaries(['x'])['x'] ?? '' });
    const hidden = join(lab.beside('inputs'), 'private');
    git(hidden, 'init', '--quiet');
    commit(hidden, {}, 'private');
    const env = { PLACES: PLACES(lab), REPO: lab.folder };
    const steps = Object.entries(CASES).flatMap(([name, each]) => stepsOf(name, each));
    const jobs = { one: { ...job(...steps), env } };
    commit(lab.folder, { '.github/workflows/ci.yml': JSON.stringify({ on: 'push', jobs }) }, 'jobs');
    before = state();
    attacked = await lab.run();
  });

  test.each(Object.keys(CASES))('%s', (name) => {
    expect(attacked.step(name)).toMatch(/^(?:tried|##\[error\])/m);
    expect(attacked.step(name)).not.toMatch(/^GOT/m);
    if (name.startsWith('hashes')) expect(attacked.step(name)).toContain('hash []');
  });

  test('leaves the repository and what is beside it as they were', async () => {
    expect(state()).toBe(before);
    expect(existsSync('/tmp/hooked')).toBe(false);
    expect(readdirSync(join(lab.folder, '..')).toSorted()).toEqual(['inputs', 'project', 'user']);
    expect((await lab.sluice('evidence', 'verify')).status).toBe(0);
    expect(await lab.leaks(attacked)).toEqual([]);
  });
});

describe('a repository that leads elsewhere', () => {
  const one = job('echo ran; ls -A /elsewhere 2>/dev/null');

  test('by a workflow that is a link', async () => {
    const lab = openLab({ secrets: {}, jobs: { one } });
    const outside = join(lab.beside('inputs'), 'outside.yml');
    writeFileSync(outside, JSON.stringify({ on: 'push', jobs: { stranger: job('echo stranger') } }));
    symlinkSync(outside, join(lab.folder, '.github/workflows/linked.yml'));
    const ended = await lab.sluice('run', 'linked', '--no-watch');
    expect([ended.status, ended.stdout]).toEqual([2, '']);
  });

  test('by a state that is a link: nothing is written there', async () => {
    const lab = openLab({ secrets: {}, jobs: { one } });
    const target = join(lab.beside('inputs'), 'target');
    mkdirSync(target);
    symlinkSync(target, join(lab.folder, '.sluice'));
    const ended = await lab.sluice('run', '--no-watch');
    expect(ended.status).toBe(2);
    expect(readdirSync(target)).toEqual([]);
  });

  test('by a cache in its commits, that would be taken for one of ours', async () => {
    const lab = openLab({
      secrets: {},
      jobs: { one },
      files: { '.sluice/cache/actions/acme/tool/x/action.yml': 'name: evil' },
    });
    const ended = await lab.sluice('run', '--no-watch');
    expect(ended.stderr).toContain('the repository has a state of Sluice in its commits');
    expect([ended.status, ended.stdout]).toEqual([2, '']);
  });

  test.each([
    ['all of this machine', '/'],
    ['the folder of the person', '../user'],
    ['what is beside it', '..'],
  ])('by an image that is %s', async (_, place) => {
    const lab = openLab({
      secrets: canaries(['TOKEN']),
      files: { 'sluice.yaml': `actions: { images: { "x:1": ${JSON.stringify(place)} } }\n` },
      jobs: { one: { ...job('echo GOT'), container: 'x:1' } },
    });
    mkdirSync(lab.beside('user'), { recursive: true });
    const ended = await lab.sluice('run', '--no-watch');
    expect(ended.stderr).toContain('actions.images: x:1 would show jobs a folder');
    expect([ended.status, ended.stdout]).toEqual([2, '']);
  });

  test('by a tool that is the folder of the person', async () => {
    const lab = openLab({
      secrets: {},
      files: { 'sluice.yaml': 'actions: { toolchains: [{ tool: node, version: 99.1.1, folder: ../user }] }\n' },
      jobs: { one: job('echo GOT') },
    });
    mkdirSync(lab.beside('user'), { recursive: true });
    const ended = await lab.sluice('run', '--no-watch');
    expect(ended.stderr).toContain('actions.toolchains: node would show jobs a folder');
    expect([ended.status, ended.stdout]).toEqual([2, '']);
  });
});

test('a tag that was moved changes nothing: an action has the commit that the workflow names', async () => {
  const lab = openLab({ secrets: {}, files: { 'sluice.yaml': 'actions: { mirrors: [../inputs/mirrors] }\n' } });
  const mirror = join(lab.beside('inputs'), 'mirrors/acme/tool.git');
  const action = (text: string): Record<string, string> => ({
    'action.yml': `name: t\nruns: { using: composite, steps: [{ shell: sh, run: echo ${text} }] }\n`,
  });
  mkdirSync(mirror, { recursive: true });
  git(mirror, 'init', '--quiet');
  commit(mirror, action('good'), 'good');
  git(mirror, 'tag', 'v1');
  const sha = git(mirror, 'rev-parse', 'HEAD').trim();
  commit(mirror, action('evil'), 'evil');
  git(mirror, 'tag', '--force', 'v1');
  const jobs = {
    pinned: job({ uses: `acme/tool@${sha}` }),
    tagged: job({ uses: 'acme/tool@v1' }),
    short: job({ uses: `acme/tool@${sha.slice(0, 12)}` }),
  };
  commit(lab.folder, { '.github/workflows/ci.yml': JSON.stringify({ on: 'push', jobs }) }, 'jobs');
  const { log, record, stdout } = await lab.run();
  expect(log('pinned')).toContain('good');
  expect(record.jobs.map(({ key, conclusion }) => `${key} ${conclusion}`).toSorted()).toEqual([
    'pinned success',
    'short failure',
    'tagged failure',
  ]);
  expect(stdout).not.toContain('evil');
});
