import { beforeAll, describe, expect, test } from 'vitest';
import { type Attacked, canaries, expression, job, type Lab, openLab, withSecret, type Yaml } from './lab.ts';

/*
 * Text of outsiders becomes part of a script: the usual mistake of workflows. Sluice does not prevent it, as the platform does
 * not; what runs then has neither secrets nor a way out, unless the very step names one.
 */

const HUNT = `(env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'; cat /runner/scripts/* /runner/commands/* 2>/dev/null; grep -rs GITHUB_TOKEN= /home /tmp /workspace) | sort -u | tail -n 300 || true`;
const payload = (name: string): string => `x"; echo "INJECTED ${name}"; ${HUNT}; echo "`;

/** Where an outsider may write, and how workflows name it. */
const PLACES: Readonly<Record<string, string>> = {
  title: 'github.event.issue.title',
  body: 'github.event.issue.body',
  label: 'github.event.issue.labels[0].name',
  comment: 'github.event.comment.body',
  author: 'github.event.issue.user.login',
  branch: 'github.event.workflow_run.head_branch',
  message: 'github.event.head_commit.message',
  page: 'github.event.pages[0].page_name',
};

const EVENT = {
  issue: {
    title: payload('title'),
    body: payload('body'),
    labels: [{ name: payload('label') }],
    user: { login: payload('author') },
  },
  comment: { body: payload('comment') },
  workflow_run: { head_branch: payload('branch'), head_repository: { full_name: 'local/repository' } },
  head_commit: { message: payload('message') },
  pages: [{ page_name: payload('page') }],
};

const naming = (place: string): Yaml => ({ run: `echo "about ${expression(place)}"` });

let lab: Lab;
let attacked: Attacked;
beforeAll(async () => {
  lab = openLab({
    secrets: canaries(['TOKEN', 'GITHUB_TOKEN']),
    workflow: { on: ['issue_comment', 'push'] },
    jobs: {
      one: job(
        withSecret('TOKEN', 'echo "before with [$S]"'),
        ...Object.values(PLACES).map(naming),
        { env: { T: expression('github.event.issue.title') }, run: 'echo "by env $T"' },
        withSecret('TOKEN', `echo "${expression('github.event.issue.title')}"`),
        withSecret('TOKEN', 'echo "after with [$S]"'),
      ),
    },
  });
  attacked = await lab.run({ event: ['issue_comment', EVENT] });
});

describe('a script that text of outsiders is pasted into', () => {
  test.each(Object.keys(PLACES))('runs what they wrote, and that finds no secret: %s', (name) => {
    expect(attacked.log('one').includes(`\nINJECTED ${name}\n`)).toBe(true);
  });

  test('does not when it gets the text by env', () => {
    expect(attacked.log('one')).toContain('by env x"; echo "INJECTED title"');
  });

  test('can find a secret only in a step that names one', () => {
    expect(attacked.record.trusted).toBe(true);
    expect(attacked.log('one')).toContain('before with [***]');
    expect(attacked.log('one')).toContain('after with [***]');
    // Only the step that was given it: nothing before shows a mask.
    const [between = '', after = ''] = attacked.log('one').split('before with [***]\n')[1]?.split('by env ') ?? [];
    expect(between.includes('INJECTED') && !between.includes('***')).toBe(true);
    expect(after).toContain('\nS=***\n');
  });

  test('leaves none', async () => {
    expect(await lab.leaks(attacked)).toEqual([]);
  });
});
