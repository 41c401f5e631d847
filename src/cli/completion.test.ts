import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { completionScript, completionsOf } from './completion.ts';
import { createProgram } from './program.ts';

const program = createProgram(() => undefined);

test('every command and every option is offered', () => {
  const paths = completionsOf(program).map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['', 'scan', 'hook install', 'run', 'evidence key rotate', 'deploy']));
  expect(paths).not.toContain('help');
  for (const { words } of completionsOf(program)) expect(words.map(({ text }) => text)).toContain('--help');
  const scan = completionsOf(program).find(({ path }) => path === 'scan');
  expect(scan?.words.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['--staged', '--since', '--format', '--help']),
  );
});

function bashOffers(...words: string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const script = `${completionScript('bash', program)}
COMP_WORDS=(sluice ${line}); COMP_CWORD=${words.length}; _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).trim().split('\n');
}

test('bash offers commands, then their options, then their values', () => {
  expect(bashOffers('sc')).toEqual(['scan']);
  expect(bashOffers('scan', '--st')).toEqual(['--staged']);
  expect(bashOffers('hook', 'inst')).toEqual(['install']);
  expect(bashOffers('hook', 'install', '--t')).toEqual(['--type']);
  expect(bashOffers('scan', '--staged', '--js')).toEqual(['--json']);
  expect(bashOffers('completion', 'z')).toEqual(['zsh']);
});

test.each(['bash', 'zsh', 'fish', 'powershell'] as const)('the script for %s is what it was', (shell) => {
  expect(completionScript(shell, program)).toMatchSnapshot();
});
