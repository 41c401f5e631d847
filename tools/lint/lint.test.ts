import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

function lint(code: string): { status: number | null; output: string } {
  const options = { input: code, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('biome', ['lint', '--stdin-file-path=src/gate/fixture.ts'], options);
  return { status, output: stdout + stderr };
}

test.each([
  "export type A = import('#core/error.ts').SluiceError;\n",
  "export type A = typeof import('#core/error.ts');\n",
])('a type taken past the boundary rules is refused, with what to write instead: %s', (code) => {
  const { status, output } = lint(code);
  expect(status).toBe(1);
  expect(output).toContain('Write `import type');
});

test.each(["import type { SluiceError } from '#core/error.ts';\nexport type A = SluiceError;\n"])(
  '%s is fine',
  (code) => {
    expect(lint(code)).toMatchObject({ status: 0 });
  },
);
