import { configDefaults, defineConfig } from 'vitest/config';

/** Tests of real repositories and of other scanners' rules run where an environment variable says where those lie. */
const hasCorpus = Object.keys(process.env).some((name) => name.startsWith('SLUICE_CORPUS_'));

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'units', include: ['src/**/*.test.ts', 'tools/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'program', include: ['test/**/*.test.ts'], globalSetup: ['test/support/build.ts'] },
      },
    ],
    // Left out rather than skipped: a skipped test fails the run, so that nobody skips one unseen.
    exclude: [...configDefaults.exclude, ...(hasCorpus ? [] : ['**/*.corpus.test.ts'])],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    // The same for everyone: time zone, language, colours, and a git that reads nobody's configuration.
    env: {
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      NO_COLOR: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Ada Author',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada Author',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
    },
  },
});
