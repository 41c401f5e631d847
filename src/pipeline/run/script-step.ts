import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Functions } from '../expression/scope.ts';
import type { RunStep } from '../workflow/model.ts';
import { type JobState, StepFailure, type StepRun } from './job-state.ts';
import { ShellMistake, shellCommand } from './shell.ts';
import { stepText } from './steps.ts';

/** `defaults.run` of the job, or else of the workflow. */
export interface ScriptDefaults {
  readonly shell?: string;
  readonly workingDirectory?: string;
}

/**
 * Runs a `run:` step. Its script lies in a folder that is mounted read-only for this command alone: nothing that an
 * earlier step left running can change it.
 */
export async function runScript(
  step: StepRun,
  of: RunStep,
  defaults: ScriptDefaults,
  hashFiles: Functions['hashFiles'],
): Promise<void> {
  const { job } = step;
  const text = async (template: RunStep['shell']): Promise<string | undefined> =>
    template === undefined ? undefined : stepText(step, template, hashFiles);
  const script = await stepText(step, of.run, hashFiles);
  const shell = (await text(of.shell)) ?? defaults.shell;
  const folder = (await text(of.workingDirectory)) ?? defaults.workingDirectory;
  const { scripts, workspace } = job.layout;
  const command = commandOf(shell, script, job, step.number);
  describe(step, script, command.shown);
  mkdirSync(scripts.host, { recursive: true });
  writeFileSync(join(scripts.host, posix.basename(command.file)), command.script, { mode: 0o755 });
  try {
    const code = await step.execute({
      argv: command.argv,
      cwd: folder === undefined || folder === '' ? workspace.inside : posix.resolve(workspace.inside, folder),
      mounts: job.layout.bare ? [] : [{ from: scripts.host, to: scripts.inside, access: 'read' }],
    });
    if (code !== 0) throw new StepFailure(`Process completed with exit code ${code}.`);
  } finally {
    rmSync(join(scripts.host, posix.basename(command.file)), { force: true });
  }
}

function commandOf(shell: string | undefined, script: string, job: JobState, number: number) {
  const hasBash = ['usr/bin/bash', 'bin/bash'].some((path) => existsSync(join(job.root, path)));
  try {
    return shellCommand(shell, script, hasBash, (ending) => `${job.layout.scripts.inside}/step-${number}${ending}`);
  } catch (error) {
    if (error instanceof ShellMistake) throw new StepFailure(error.message);
    throw error;
  }
}

/** What the log of a step starts with, folded. */
function describe({ log, env }: StepRun, script: string, shell: string): void {
  const lines = script.replace(/\n+$/, '').split('\n');
  log.line(`##[group]Run ${lines[0]?.trim() ?? ''}`);
  for (const line of lines) log.line(line);
  log.line(`shell: ${shell}`);
  const names = Object.keys(env);
  if (names.length > 0) log.line(`env: ${names.join(', ')}`);
  log.line('##[endgroup]');
}
