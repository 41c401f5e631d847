import { describe, expect, it } from 'vitest';
import { readWorkflow } from '../workflow/read.ts';
import { type HappenedEvent, startedBy } from './triggers.ts';

const JOBS = 'jobs: { a: { runs-on: x, steps: [{ run: x }] } }';
const answer = (on: string, event: HappenedEvent) =>
  startedBy(readWorkflow({ file: 'ci.yml', content: `on: ${on}\n${JOBS}` }), event);
const push = (ref: string, paths?: readonly string[]): HappenedEvent => ({
  name: 'push',
  ref,
  ...(paths === undefined ? {} : { paths }),
});
const main = 'refs/heads/main';

describe('startedBy', () => {
  it.each<readonly [on: string, event: HappenedEvent, starts: boolean]>([
    ['push', push(main), true],
    ['pull_request', push(main), false],
    ['[push, issues]', push('refs/tags/v1'), true],
    ['{ push: { branches: [main] } }', push(main), true],
    ['{ push: { branches: [main] } }', push('refs/heads/other'), false],
    ['{ push: { branches: [main] } }', push('refs/tags/main'), false],
    ['{ push: { tags: [v*] } }', push('refs/tags/v1'), true],
    ['{ push: { tags: [v*] } }', push('refs/heads/v1'), false],
    ['{ push: { tags-ignore: [v*] } }', push('refs/tags/v1'), false],
    ['{ push: { branches-ignore: [wip/**] } }', push('refs/heads/wip/a/b'), false],
    ['{ push: { branches-ignore: [wip/**] } }', push(main), true],
    ["{ push: { branches: ['**', '!wip'] } }", push('refs/heads/wip'), false],
    ["{ push: { paths: ['**.js'] } }", push(main, ['a.md', 'b/c.js']), true],
    ["{ push: { paths: ['**.js'] } }", push(main, ['a.md']), false],
    ["{ push: { paths: ['**.js'] } }", push(main), true],
    ["{ push: { paths: ['src/**', '!src/doc/**'] } }", push(main, ['src/doc/a']), false],
    ["{ push: { paths-ignore: ['**.md'] } }", push(main, ['a.md', 'b.js']), true],
    ["{ push: { paths-ignore: ['**.md'] } }", push(main, ['a.md']), false],
    ["{ push: { paths: ['**.js'] } }", push('refs/tags/v1', ['a.md']), true],
    ['pull_request', { name: 'pull_request', ref: main, type: 'opened' }, true],
    ['pull_request', { name: 'pull_request', ref: main, type: 'labeled' }, false],
    ['{ pull_request: { types: [labeled] } }', { name: 'pull_request', ref: main, type: 'labeled' }, true],
    [
      '{ pull_request: { branches: [rel/*] } }',
      { name: 'pull_request', ref: 'refs/heads/rel/1', type: 'opened' },
      true,
    ],
    ['{ issues: { types: [opened] } }', { name: 'issues', ref: main, type: 'closed' }, false],
    ['{ issues: { types: [opened] } }', { name: 'issues', ref: main }, true],
    ['pull_request_review', { name: 'pull_request_review', ref: main, type: 'submitted' }, true],
  ])('%s', (on, event, starts) => {
    expect(answer(on, event).starts).toBe(starts);
  });

  it('says why not', () => {
    expect(answer('[push, issues]', { name: 'release', ref: main }).reason).toBe(
      'it is not started by `release`, but by push or issues',
    );
    expect(answer('{ push: { branches: [main] } }', push('refs/heads/x')).reason).toBe(
      'the branch `x` matches none of its patterns',
    );
  });
});
