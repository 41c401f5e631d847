import type { Command } from 'commander';
import { type GeneratedFile, NOTICE } from './generated-file.ts';

const WIDTH = 100;

/** The help of every command, as it is printed: the page cannot say anything else than the program. */
export const cliReference = (createProgram: () => Command): GeneratedFile => ({
  path: 'docs/reference/cli.md',
  render: async () => {
    const program = createProgram();
    const sections = [program, ...descendants(program)].map(
      (command) => `## ${fullName(command)}\n\n\`\`\`text\n${helpOf(command).trimEnd()}\n\`\`\`\n`,
    );
    return `<!-- ${NOTICE} -->\n# Command line\n\n${sections.join('\n')}`;
  },
});

const descendants = (command: Command): Command[] =>
  command.commands.flatMap((child) => [child as Command, ...descendants(child as Command)]);

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent as Command)} ${command.name()}`;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}
