import type { Machine } from './runner.ts';

/** The shells that have a name of their own, by the programs that can be each. */
const SHELLS: ReadonlyMap<string, readonly string[]> = new Map([
  ['bash', ['bash', 'sh']],
  ['sh', ['sh']],
  ['python', ['python', 'python3']],
  ['pwsh', ['pwsh']],
  ['node', ['node']],
]);

/** Why a shell cannot run a script here; nothing when it can. */
export function shellTrouble(
  shell: string,
  machine: Machine,
): { readonly message: string; readonly hint: string } | undefined {
  const [program = ''] = shell.split(/\s/);
  const hint = 'Use `bash`, or a shell that is installed.';
  if (program === 'cmd' || program === 'powershell') return { message: `the shell \`${program}\` needs Windows`, hint };
  if (!(SHELLS.has(program) || shell.includes('{0}'))) {
    return { message: `\`${program}\` is no shell`, hint: 'Write a command in which `{0}` stands for the script.' };
  }
  const programs = SHELLS.get(program) ?? [program];
  // Every machine of ours has a shell of POSIX; a path is a matter of the job.
  if (programs.includes('sh') || program.includes('/') || programs.some((one) => machine.has(one))) return undefined;
  return { message: `the shell \`${program}\` is not installed here`, hint: `Install ${program}, or use \`bash\`.` };
}
