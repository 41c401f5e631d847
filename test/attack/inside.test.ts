import { beforeAll, describe, expect, test } from 'vitest';
import { type Attacked, canaries, expression, job, type Lab, openLab, withSecret, type Yaml } from './lab.ts';

/*
 * Steps of one job against each other: one has a secret, the others want it. Those before it leave something behind that is
 * to work when it runs; those after it look for what it left.
 */

const script = (run: string): Yaml => withSecret('TOKEN', run);
const HUNT = `(cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline; cat /runner/scripts/* /runner/commands/*; env) 2>/dev/null | tr '\\0' '\\n'`;

interface Case {
  readonly steps: readonly (string | Yaml)[];
  readonly proof: string;
}

/** Says whether it found a value that only the step with the secret has. */
const found = (command: string): string =>
  `set +e; n=$(${command} | sort -u | grep -c "^S=" ); echo "hunted $n"; ps -eo args 2>/dev/null | head -20`;

const CASES: Readonly<Record<string, Case>> = {
  'the step itself finds it, which shows that the hunt works': { steps: [script(found(HUNT))], proof: 'hunted 1' },
  'environments of processes, afterwards': { steps: [script('true'), found(HUNT)], proof: 'hunted 0' },
  'environments of a process that the step left running': {
    steps: [script('(setsid sleep 30 </dev/null >/dev/null 2>&1 &); true'), found(HUNT)],
    proof: 'hunted 0',
  },
  'a process that waits for the step': {
    steps: [
      `(setsid bash -c 'for i in $(seq 200); do cat /proc/[0-9]*/environ 2>/dev/null | tr "\\\\0" "\\\\n" | grep ^S= >> /workspace/loot; sleep 0.02; done' </dev/null >/dev/null 2>&1 &); echo "waits" > /workspace/loot`,
      script('sleep 0.5; true'),
      'echo "hunted $(grep -c ^S= loot)"; cat loot',
    ],
    proof: 'hunted 0',
  },
  'scripts that name it, afterwards': {
    steps: [
      { run: `: '${expression('secrets.TOKEN')}'` },
      'ls /runner/scripts; echo "hunted $(find / -name "step-*" -newer /proc/1 2>/dev/null | xargs grep -l "^: .Kq" 2>/dev/null | wc -l)"',
    ],
    proof: 'hunted 0',
  },
  'command files of another step': {
    steps: [
      script('echo "o=$S" >> "$GITHUB_OUTPUT"; echo "$GITHUB_OUTPUT" > /workspace/where'),
      'cat "$(cat where)"; ls -la /runner/commands; echo hunted',
    ],
    proof: 'hunted',
  },
  'memory of the processes around it': {
    steps: [
      script('true'),
      `for m in /proc/[0-9]*/maps; do cat "$m" >/dev/null 2>&1 && echo "reads $m"; done; grep -c Kq /proc/1/environ 2>&1 || true; echo hunted`,
    ],
    proof: 'hunted',
  },
  'the token and address of the services': {
    steps: ['env | grep -c ACTIONS_RUNTIME_TOKEN || true; echo hunted'],
    proof: '0\nhunted',
  },
  'a name for outputs that gets around the mask': {
    steps: [
      script(`echo "a=\${S:0:10}" >> "$GITHUB_OUTPUT"; echo "::add-mask::"; echo "::add-mask::a"; echo "still $S"`),
    ],
    proof: 'still ***',
  },
  'commands that stop commands': {
    steps: [
      script(
        'echo "::stop-commands::pause-now"; echo "::add-mask::x"; echo "stopped $S"; echo "::pause-now::"; echo "again $S"',
      ),
    ],
    proof: 'again ***',
  },
  'file names that are commands': {
    steps: [
      `mkdir -p d; touch "d/::set-output name=x::1" $'d/\\n::add-path::evil'; ls d; echo "::set-env name=EVIL::1" || true`,
      'echo "[$EVIL] [$PATH]" | grep -c evil; echo hunted',
    ],
    proof: 'disabled',
  },
  'a delimiter that the value knows': {
    steps: [`printf 'TITLE<<EOF\\nfine\\nEOF\\nEVIL=1\\nEOF\\n' >> "$GITHUB_ENV" || true`, 'echo "evil [$EVIL]"'],
    proof: 'evil []',
  },
  'NODE_OPTIONS for actions': {
    steps: [`echo "NODE_OPTIONS=--require=/workspace/evil.js" >> "$GITHUB_ENV"`, 'echo "options [$NODE_OPTIONS]"'],
    proof: 'options []',
  },
  'variables of the runner': {
    steps: [
      'echo "GITHUB_REPOSITORY=evil/evil" >> "$GITHUB_ENV"; echo "RUNNER_TEMP=/evil" >> "$GITHUB_ENV"; echo "GITHUB_OUTPUT=/evil" >> "$GITHUB_ENV"',
      'echo "is $GITHUB_REPOSITORY $RUNNER_TEMP"; case "$GITHUB_OUTPUT" in /evil) echo taken;; esac',
    ],
    proof: 'is local/repository /tmp/runner\n',
  },
  'what programs of ours load': {
    steps: [
      'printf "#!/bin/sh\\necho SHADOWED; exec /bin/false\\n" > evil-sh; chmod +x evil-sh; mkdir -p bin; for p in sh tar cp find mkdir node git; do cp evil-sh bin/$p; done; echo "$PWD/bin" >> "$GITHUB_PATH"; echo "LD_PRELOAD=/workspace/none.so" >> "$GITHUB_ENV"; echo "BASH_ENV=/workspace/none" >> "$GITHUB_ENV"',
      { uses: 'actions/checkout@v4', with: { path: 'there' } },
      'type sh | head -1; ls there/.github >/dev/null && echo "checked out"',
    ],
    proof: 'checked out',
  },
};

const KEYS = Object.fromEntries(Object.keys(CASES).map((name, index) => [name, `case${index}`]));
let lab: Lab;
let attacked: Attacked;
beforeAll(async () => {
  lab = openLab({
    secrets: canaries(['TOKEN']),
    jobs: Object.fromEntries(
      Object.entries(CASES).map(([name, { steps }]) => [
        KEYS[name],
        job(...steps.map((step) => ({ if: 'always()', ...(typeof step === 'string' ? { run: step } : step) }))),
      ]),
    ),
  });
  attacked = await lab.run();
});

describe('steps of a job', () => {
  test.each(Object.entries(CASES))('%s', (name, { proof }) => {
    const log = attacked.log(KEYS[name] as string);
    expect(log).toContain(proof);
    expect(log).not.toContain('SHADOWED');
    expect(log).not.toContain('taken');
    // A mask shows that a secret was seen: only where a step has it.
    if (proof === 'hunted 0') expect(log).not.toContain('***');
  });

  test('leave none of it', async () => {
    expect(await lab.leaks(attacked)).toEqual([]);
  });
});
