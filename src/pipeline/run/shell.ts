/** A script as a shell is to be given it: what is run, with the script's file put in, and the text of that file. */
export interface ShellCommand {
  readonly argv: readonly [string, ...string[]];
  readonly script: string;
  /** For `shell:` in the log. */
  readonly shown: string;
}

/** What is wrong with a `shell`. */
export class ShellMistake extends Error {
  override readonly name = 'ShellMistake';
}

interface Builtin {
  readonly argv: (file: string) => readonly [string, ...string[]];
  /** For the log, where it is not the same. */
  readonly shown?: string;
  readonly ending: string;
  readonly wrap?: (script: string) => string;
}

/** PowerShell goes on after an error and forgets how its last program ended, unless told. */
const strict = (script: string): string =>
  `$ErrorActionPreference = 'stop'\n${script}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }`;

/** Distributions have no `python` of their own any more; the platform's images do. */
const PYTHON = 'if command -v python >/dev/null; then exec python "$0"; else exec python3 "$0"; fi';

/**
 * The flags of https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstepsshell. Without
 * `shell`, bash runs with `-e` alone, so that a failure within a pipe goes unnoticed; with `shell: bash` it does not.
 */
const BUILTIN: Readonly<Record<string, Builtin>> = {
  bash: { argv: (file) => ['bash', '--noprofile', '--norc', '-eo', 'pipefail', file], ending: '.sh' },
  sh: { argv: (file) => ['sh', '-e', file], ending: '.sh' },
  python: { argv: (file) => ['sh', '-c', PYTHON, file], shown: 'python {0}', ending: '.py' },
  pwsh: { argv: (file) => ['pwsh', '-command', `. '${file}'`], ending: '.ps1', wrap: strict },
  node: { argv: (file) => ['node', file], ending: '.cjs' },
};

const WINDOWS_ONLY = new Set(['cmd', 'powershell']);

/**
 * @param shell as the step or its defaults say; absent: bash, or sh where `hasBash` is false
 * @param fileOf where the script will lie, by the ending that the shell wants
 * @throws ShellMistake
 */
export function shellCommand(
  shell: string | undefined,
  script: string,
  hasBash: boolean,
  fileOf: (ending: string) => string,
): ShellCommand & { readonly file: string } {
  if (shell === undefined || shell === '') {
    const file = fileOf('.sh');
    const name = hasBash ? 'bash' : 'sh';
    return { argv: [name, '-e', file], script, file, shown: `${name} -e {0}` };
  }
  if (WINDOWS_ONLY.has(shell)) throw new ShellMistake(`The shell ${shell} is there on Windows only.`);
  const builtin = Object.hasOwn(BUILTIN, shell) ? BUILTIN[shell] : undefined;
  if (builtin === undefined) return custom(shell, script, fileOf(''));
  const file = fileOf(builtin.ending);
  return {
    argv: builtin.argv(file),
    script: builtin.wrap?.(script) ?? script,
    file,
    shown: builtin.shown ?? builtin.argv('{0}').join(' '),
  };
}

function custom(shell: string, script: string, file: string): ShellCommand & { file: string } {
  // As the platform starts programs: what stands in double quotes is one word, without them.
  const words = (shell.match(/(?:"[^"]*"?|[^\s"])+/g) ?? []).map((word) => word.replaceAll('"', ''));
  if (!words.some((word) => word.includes('{0}'))) {
    throw new ShellMistake('A shell is bash, sh, python, pwsh, node, or a command in which {0} stands for the script.');
  }
  const [program = '', ...rest] = words.map((word) => word.replaceAll('{0}', file));
  return { argv: [program, ...rest], script, file, shown: shell };
}
