import { execFileSync } from 'node:child_process';
import { SluiceError } from '#core/error.ts';
import type { SandboxDriver } from '#core/sandbox.ts';
import { bubblewrap } from './bubblewrap.ts';
import { namespaceDriver } from './namespaces.ts';
import { systemProgram } from './programs.ts';

export interface DriverChoice {
  readonly driver: SandboxDriver;
  /** One sentence for the log and the plan. */
  readonly why: string;
}

export interface DriverWish {
  /** This one or none. */
  readonly only?: SandboxDriver['name'];
  /** A person said `--unsafe-no-sandbox`: the bare machine, and nothing else. */
  readonly unsafe?: boolean;
}

/**
 * The driver that this machine offers: bubblewrap where it is installed, else util-linux. Where neither can be: a
 * SluiceError `sandbox-missing`.
 */
export function chooseDriver(_wish: DriverWish = {}): DriverChoice {
  const program = systemProgram('bwrap');
  if (program === undefined) {
    throw new SluiceError('sandbox-missing', 'bubblewrap is not installed.', { hint: 'Run npm run setup.' });
  }
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' })
    .trim()
    .replace(/^bubblewrap /, '');
  return { driver: namespaceDriver(bubblewrap(program, version)), why: `bubblewrap ${version} is installed.` };
}
