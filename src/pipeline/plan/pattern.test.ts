import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern, takenBy } from './pattern.ts';

/** The examples of the platform's documentation ("Filter pattern cheat sheet"), and what follows from its rules. */
const PATTERNS: readonly (readonly [pattern: string, matching: readonly string[], other: readonly string[]])[] = [
  ['feature/*', ['feature/my-branch', 'feature/'], ['feature/beta-a/my-branch', 'feature']],
  ['feature/**', ['feature/beta-a/my-branch', 'feature/your-branch'], ['feature']],
  ['main', ['main'], ['maintenance', 'xmain']],
  ['*', ['main', 'releases'], ['all/the/branches']],
  ['**', ['all/the/branches', 'every/tag'], []],
  ['*feature', ['mona-feature', 'feature'], ['feature-x', 'a/feature']],
  ['v2*', ['v2', 'v2.0', 'v2.9'], ['v3']],
  ['v[12].[0-9]+.[0-9]+', ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1.x.1', 'v1..1']],
  ['*.jsx?', ['page.js', 'page.jsx'], ['page.jsxx', 'a/page.js']],
  ['**.js', ['index.js', 'js/index.js', 'src/js/app.js'], ['index.jsx']],
  ['docs/*', ['docs/README.md', 'docs/file.txt'], ['docs/mona/octocat.txt']],
  ['docs/**/*.md', ['docs/README.md', 'docs/mona/hello-world.md', 'docs/a/b.md'], ['docs/a.txt']],
  ['**/docs/**', ['docs/hello.md', 'dir/docs/my-file.txt', 'space/docs/plan/space.doc'], ['docs', 'mydocs/x']],
  ['**/README.md', ['README.md', 'js/README.md'], ['xREADME.md', 'README.md/x']],
  ['**/*src/**', ['a/src/app.js', 'my-src/code/js/app.js'], ['source/app.js']],
  ['**/*-post.md', ['my-post.md', 'path/their-post.md'], ['post.md']],
  ['**/migrate-*.sql', ['migrate-10909.sql', 'db/migrate-v1.0.sql', 'db/sept/migrate-v1.sql'], ['db/migrate.sql']],
  ['a+b', ['ab', 'aaab'], ['b', 'a+b']],
  ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
  ['\\*x', ['*x'], ['ax']],
  ['[a', ['[a'], ['a']],
  ['', [''], ['a']],
];

describe('matchesPattern', () => {
  it.each(PATTERNS)('%j', (pattern, matching, other) => {
    expect(matching.filter((text) => !matchesPattern(pattern, text))).toEqual([]);
    expect(other.filter((text) => matchesPattern(pattern, text))).toEqual([]);
  });

  it('takes a text without signs for itself', () => {
    const plain = fc.stringMatching(/^[a-zA-Z0-9_/.-]{0,40}$/);
    fc.assert(
      fc.property(plain, plain, (pattern, text) => {
        expect(matchesPattern(pattern, text)).toBe(pattern === text);
      }),
    );
  });

  it('takes everything between two stars, and needs no more time for many of them', () => {
    const started = performance.now();
    expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(2_000))).toBe(false);
    expect(matchesPattern('**/'.repeat(200), 'a/'.repeat(1_000))).toBe(true);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('takenBy', () => {
  it('lets the last pattern that matches count', () => {
    const patterns = ['releases/**', '!releases/**-alpha', 'releases/9-alpha'];
    expect(takenBy(patterns, 'releases/8')).toBe(true);
    expect(takenBy(patterns, 'releases/8-alpha')).toBe(false);
    expect(takenBy(patterns, 'releases/9-alpha')).toBe(true);
    expect(takenBy(patterns, 'main')).toBe(false);
  });
});
