import type { Command } from 'commander';
import { completionScript, type Shell } from '../completion.ts';
import { print } from '../output.ts';

export async function run(program: Command, shell: string): Promise<number> {
  await print(completionScript(shell as Shell, program));
  return 0;
}
