import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { best, type Figure, measure, SLUICE } from './process.ts';

/** What it takes to plan a matrix of five hundred jobs: the whole program, from its start to the last byte of JSON. */
const JOBS = 500;
const SECONDS = 1;
const ROUNDS = 5;

const list = (count: number): string => `[${Array.from({ length: count }, (_, index) => index).join(', ')}]`;

const WORKFLOW = `name: Large
on: push
jobs:
  test:
    name: Test \${{ matrix.version }} on \${{ matrix.system }}
    strategy:
      matrix:
        system: [ubuntu-latest, ubuntu-24.04, macos-latest, windows-latest, self-hosted]
        version: ${list(JOBS / 5)}
    runs-on: \${{ matrix.system }}
    steps:
      - uses: actions/checkout@v4
      - run: make test VERSION=\${{ matrix.version }}
        env:
          TOKEN: \${{ secrets.TOKEN }}
`;

export function run(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
  try {
    mkdirSync(join(folder, '.sluice/workflows'), { recursive: true });
    writeFileSync(join(folder, '.sluice/workflows/large.yml'), WORKFLOW);
    const args = [resolve(SLUICE), 'plan', '--folder', folder, '--json'];
    const { wall, cpu, memory, output } = best(ROUNDS, () => measure(process.execPath, args));
    const { plans } = JSON.parse(output) as { plans: { totals: { jobs: number } }[] };
    if (plans[0]?.totals.jobs !== JOBS) throw new Error(`the plan does not have ${JOBS} jobs`);
    return [
      {
        what: `sluice plan, a matrix of ${JOBS} jobs`,
        measured: `${wall.toFixed(2)} s (${cpu.toFixed(2)} CPU s, ${Math.round(memory)} MB)`,
        target: `less than ${SECONDS} s`,
        met: wall < SECONDS,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
