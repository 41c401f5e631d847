import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { repository, run } from './pipeline.ts';

/** An unpacked image with a few programs of this machine and what they need. */
function image(root: string): void {
  const programs = ['/bin/sh', '/bin/cat', '/bin/echo'];
  const libraries = programs.flatMap((program) =>
    [
      ...execFileSync('ldd', [program])
        .toString()
        .matchAll(/(\/\S+) \(/g),
    ].map(([, path = '']) => path),
  );
  for (const path of new Set([...programs, ...libraries])) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
  for (const folder of ['etc', 'tmp', 'proc', 'dev', 'usr']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/image-name'), 'of the image\n');
}

test('a job in an unpacked image, an action that is one, and images that are not here', async () => {
  const folder = repository(
    `
on: push
jobs:
  inside:
    runs-on: ubuntu-latest
    container: { image: "tiny:1", env: { FROM: container } }
    steps:
      - run: 'cat /etc/image-name; echo "$FROM $0"; echo shared > file'
  action:
    runs-on: ubuntu-latest
    steps:
      - run: echo written > file
      - uses: docker://tiny:1
        with: { entrypoint: /bin/cat, args: /etc/image-name file }
  missing: { runs-on: ubuntu-latest, container: "other:1", steps: [{ run: 'true' }] }
  service:
    runs-on: ubuntu-latest
    services: { db: { image: "postgres:16" } }
    steps: [{ run: 'true' }]
`,
    { 'sluice.yaml': 'actions: { images: { "tiny:1": ../tiny } }\n' },
  );
  image(join(folder, '../tiny'));
  const { status, log, stdout } = await run(folder);
  expect(log('inside')).toBe('of the image\ncontainer /runner/scripts/step-1.sh\n');
  expect(log('action')).toBe('of the image\nwritten\n');
  expect(stdout).toContain('the image other:1 is not here');
  expect(stdout).toContain('the service db is a container');
  expect(status).toBe(3);
});
