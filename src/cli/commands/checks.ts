import { listChecks } from '#app/families.ts';
import type { CheckSummary } from '#core/check.ts';
import { print } from '../output.ts';

interface Options {
  readonly family?: readonly string[];
  readonly json?: boolean;
  readonly ids?: boolean;
}

export async function run(options: Options): Promise<number> {
  const checks = await listChecks(options.family);
  await print(render(checks, options));
  return 0;
}

function render(checks: readonly CheckSummary[], options: Options): string {
  if (options.json === true) return `${JSON.stringify({ version: 1, checks }, null, 2)}\n`;
  if (options.ids === true) return checks.map(({ id }) => `${id}\n`).join('');
  const width = Math.max(0, ...checks.map(({ id }) => id.length));
  const lines = checks.map(
    ({ id, severity, title, lifecycle }) =>
      `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}${lifecycle === 'stable' ? '' : ` (${lifecycle})`}`,
  );
  return `${lines.join('\n')}\n\n${checks.length} checks. sluice explain CHECK tells all about one.\n`;
}
