import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment, PROGRAM, project } from '../support/sluice.ts';

/* The scripts, loaded by the shells they are for, from the program itself. */

function shell(program: string, args: readonly string[]): string {
  const folder = project({});
  const bin = join(folder, '../bin');
  mkdirSync(bin);
  symlinkSync(PROGRAM, join(bin, 'sluice'));
  const usual = environment(join(folder, '../home'));
  const env = { ...usual, PATH: `${bin}:${usual['PATH']}` };
  return execFileSync(program, args, { cwd: folder, encoding: 'utf8', env });
}

const CASES = [
  ['sluice hi', undefined],
  ['sluice sc', 'scan'],
  ['sluice scan --stag', '--staged'],
  ['sluice hook inst', 'install'],
  ['sluice hook install --ty', '--type'],
  ['sluice completion z', 'zsh'],
  ['sluice explain secrets/github-personal-a', 'secrets/github-personal-access-token'],
] as const;

test('bash', () => {
  const asks = CASES.map(([line]) => {
    const words = line.split(' ');
    return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _sluice; echo "\${COMPREPLY[*]}"`;
  });
  const script = ['source <(sluice completion bash)', ...asks].join('\n');
  const answers = shell('bash', ['--norc', '-c', script]).split('\n');
  expect(answers.slice(0, CASES.length)).toEqual(CASES.map(([, word]) => word ?? ''));
});

test('zsh', () => {
  // Outside its line editor zsh completes nothing: what would be described is printed instead.
  const asks = CASES.map(([line]) => {
    const words = line.split(' ');
    return `words=(${words.join(' ')}); CURRENT=${words.length}; current=${words.at(-1)}; _sluice`;
  });
  const script = `
compdef() { :; }
_files() { print -r -- ""; }
_describe() {
  local -a found; local each
  for each in "\${(@P)2}"; do [[ "\${each%%:*}" == "$current"* ]] && found+=("\${each%%:*}"); done
  print -r -- "\${found[*]}"
}
source <(sluice completion zsh)
${asks.join('\n')}`;
  const answers = shell('zsh', ['-f', '-c', script]).split('\n');
  expect(answers.slice(0, CASES.length)).toEqual(CASES.map(([, word]) => word ?? ''));
});

test('fish', () => {
  const asks = CASES.map(
    ([line]) => `complete --do-complete '${line}' | string split -f1 \\t | string join ' '; echo .`,
  );
  const script = ['sluice completion fish | source', ...asks].join('\n');
  const answers = shell('fish', ['--no-config', '-c', script])
    .split('.\n')
    .map((answer) => answer.trim());
  expect(answers.slice(0, CASES.length)).toEqual(CASES.map(([, word]) => word ?? ''));
});
