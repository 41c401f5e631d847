import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** One thing that may follow: a subcommand, an option or a value. */
interface Word {
  readonly text: string;
  readonly description: string;
}

/** What may follow a command, by its path (`''`, `scan`, `hook install`). */
export interface Completions {
  readonly path: string;
  readonly words: readonly Word[];
  /** Checks' ids may follow; they are asked from the program itself, so that they never go stale. */
  readonly checks: boolean;
}

/** Every command of a program with the words that may follow it. */
export function completionsOf(program: Command, path: readonly string[] = []): Completions[] {
  const subcommands = program.commands.filter((command) => command.name() !== 'help');
  const own: Completions = {
    path: path.join(' '),
    words: [
      ...subcommands.map((command) => ({ text: command.name(), description: command.description() })),
      ...program.options.flatMap(optionWords),
      { text: '--help', description: 'explain a command' },
      ...program.registeredArguments.flatMap((argument) =>
        (argument.argChoices ?? []).map((text) => ({ text, description: argument.description })),
      ),
    ],
    checks: program.name() === 'explain',
  };
  return [own, ...subcommands.flatMap((command) => completionsOf(command, [...path, command.name()]))];
}

const optionWords = (option: Option): Word[] =>
  option.long === undefined || option.long === null ? [] : [{ text: option.long, description: option.description }];

/** A completion script for a shell. Static, but for the ids of checks. */
export function completionScript(shell: Shell, program: Command): string {
  const completions = completionsOf(program);
  return { bash, zsh, fish, powershell }[shell](completions);
}

const ASK_FOR_CHECKS = 'sluice checks --ids 2>/dev/null';
const wordsOf = ({ words }: Completions): string => words.map(({ text }) => text).join(' ');
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(completions: readonly Completions[]): string {
  const cases = completions.map((completion) => {
    const checks = completion.checks ? ` $(${ASK_FOR_CHECKS})` : '';
    return `    ${quote(completion.path)}) words="${wordsOf(completion)}${checks}" ;;`;
  });
  return `# bash completion of sluice; load it with: source <(sluice completion bash)
_sluice() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) _sluice_is_command "$path\${path:+ }$word" && path="$path\${path:+ }$word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$current"))
}
_sluice_is_command() {
  case "$1" in ${completions
    .filter(({ path }) => path !== '')
    .map(({ path }) => quote(path))
    .join('|')}) return 0 ;; esac
  return 1
}
complete -o filenames -F _sluice sluice
`;
}

function zsh(completions: readonly Completions[]): string {
  const described = ({ text, description }: Word): string => quote(`${text}:${description.replaceAll(':', ' -')}`);
  const cases = completions.map((completion) => {
    const checks = completion.checks ? `\n      candidates+=(\${(f)"$(${ASK_FOR_CHECKS})"})` : '';
    return `    ${quote(completion.path)})\n      candidates=(${completion.words.map(described).join(' ')})${checks} ;;`;
  });
  const known = completions.filter(({ path }) => path !== '').map(({ path }) => quote(path));
  return `#compdef sluice
# zsh completion of sluice; load it with: source <(sluice completion zsh)
_sluice() {
  local path_of="" word
  local -a candidates known
  known=(${known.join(' ')})
  for word in \${=\${(j: :)\${(@)words[2,CURRENT-1]}}}; do
    if (( \${known[(Ie)\${path_of:+$path_of }$word]} )); then path_of="\${path_of:+$path_of }$word"; fi
  done
  case "$path_of" in
${cases.join('\n')}
  esac
  _describe 'sluice' candidates || _files
}
compdef _sluice sluice
`;
}

function fish(completions: readonly Completions[]): string {
  const lines = completions.flatMap(({ path, words, checks }) => {
    const names = path === '' ? [] : path.split(' ');
    const condition =
      names.length === 0
        ? '__fish_use_subcommand'
        : names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const own = words.map(({ text, description }) => {
      const word = text.startsWith('--') ? `-l ${text.slice(2)}` : `-a ${quote(text)}`;
      return `complete -c sluice -n ${quote(condition)} ${word} -d ${quote(description)}`;
    });
    return checks ? [...own, `complete -c sluice -n ${quote(condition)} -a ${quote(`(${ASK_FOR_CHECKS})`)}`] : own;
  });
  return `# fish completion of sluice; load it with: sluice completion fish | source\n${lines.join('\n')}\n`;
}

function powershell(completions: readonly Completions[]): string {
  const table = completions.map(
    (completion) => `    ${quote(completion.path).replaceAll("'\\''", "''")} = '${wordsOf(completion)}'`,
  );
  return `# PowerShell completion of sluice; load it with: sluice completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName sluice -ScriptBlock {
  param($word, $ast, $position)
  $table = @{
${table.join('\n')}
  }
  $path = ''
  foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
    $next = ("$path $element").Trim()
    if ($table.ContainsKey($next)) { $path = $next }
  }
  $table[$path] -split ' ' | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
