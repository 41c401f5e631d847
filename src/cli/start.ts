import { CommanderError } from 'commander';
import { EXIT_USAGE } from '#core/verdict.ts';
import { failureOf } from './failure.ts';
import { createProgram } from './program.ts';

/** Runs the command line and sets the exit code; never calls `process.exit`, so that what was written arrives. */
export async function start(argv: readonly string[]): Promise<void> {
  // A reader of standard error that went away must not turn a verdict into a crash.
  process.stderr.on('error', () => undefined);
  try {
    const program = createProgram((exitCode) => {
      process.exitCode = exitCode;
    });
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
      return;
    }
    const { text, exitCode } = failureOf(error, [...argv, process.cwd()]);
    process.stderr.write(text);
    process.exitCode = exitCode;
  }
}
