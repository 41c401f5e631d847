import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sluice-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

function lint(code: string): { status: number | null; output: string } {
  writeFileSync(join(folder, 'code.ts'), code);
  const rule = resolve('tools/lint/no-inline-import-type.grit');
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ plugins: [rule] }));
  const { status, stdout, stderr } = spawnSync('biome', ['lint', 'code.ts'], { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test.each(["import('#core/error.ts').SluiceError", "typeof import('#core/error.ts')"])(
  'a type taken past the boundary rules is refused, with what to write instead: %s',
  (type) => {
    const { status, output } = lint(`export type A = ${type};\n`);
    expect(status).toBe(1);
    expect(output).toContain('Write `import type');
  },
);

test('a type imported at the top of the file is fine', () => {
  const { status, output } = lint("import type { SluiceError } from '#core/error.ts';\nexport type A = SluiceError;\n");
  expect(output).not.toContain('×');
  expect(status).toBe(0);
});
