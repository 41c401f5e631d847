import { execFileSync } from 'node:child_process';

/** Before any test: whole-program tests drive the program as it ships, so it must be the one of this source. */
export default function setup(): void {
  execFileSync(process.execPath, ['tools/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
