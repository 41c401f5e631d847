import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/*
 * `npm run demo`: scans the example project with the built program and shows the gate refuse it. It fails when the gate
 * does anything else.
 */

const PROGRAM = 'dist/sluice.js';
const REFUSED = 1;

function say(text: string): void {
  process.stdout.write(`\n${text}\n\n`);
}

if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not built: run npm run build`);

say(
  'A small shop, insecure on purpose (examples/storefront), meets the gate:\n\n  $ npx sluice scan examples/storefront',
);
const { status } = spawnSync(process.execPath, [PROGRAM, 'scan', 'examples/storefront'], { stdio: 'inherit' });
if (status !== REFUSED) {
  process.stderr.write(`demo: expected the gate to refuse (exit ${REFUSED}), and got exit ${status}\n`);
  process.exitCode = 1;
} else {
  say(
    'Refused, as it should be. Next:\n\n' +
      '  npx sluice scan PATH            scan something of yours\n' +
      '  npx sluice explain CHECK        why a check objects, and what to do\n' +
      '  npx sluice scan --history       every commit of every branch\n' +
      '  npx sluice --help               the rest',
  );
}
