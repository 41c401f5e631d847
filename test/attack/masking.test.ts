import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Attacked, canaries, expression, job, type Lab, openLab, stepsOf, withSecret, type Yaml } from './lab.ts';

/*
 * A step that has a secret tries to get it into anything that is kept or shown. Each shows by `proof` that it came so far.
 */

const NAMES = ['TOKEN'] as const;
const secret = expression('secrets.TOKEN');
const script = (run: string): Yaml => withSecret('TOKEN', run);
const uses = (action: string, inputs: Yaml): Yaml => ({ uses: action, with: inputs });

interface Case {
  readonly step: Yaml;
  /** What its log shows. */
  readonly proof: string | RegExp;
}

const printed = (run: string, proof: string | RegExp = '***'): Case => ({ step: script(run), proof });

const PRINTED: Readonly<Record<string, Case>> = {
  'as it is': printed('echo "say $S"', 'say ***'),
  'in the script itself': { step: { run: `echo 'say ${secret}'` }, proof: 'say ***' },
  'base64 at three offsets': printed('for p in "" x xy; do printf "%s%s" "$p" "$S" | base64 -w 0; echo; done'),
  'base64 in short lines': printed('printf "password=%s" "$S" | base64 -w 7'),
  'base64url without padding': printed('printf %s "$S" | base64 -w 0 | tr "+/" "-_" | tr -d =; echo'),
  'base64 twice': printed('printf %s "$S" | base64 -w 0 | base64 -w 0; echo'),
  hexadecimal: printed('printf %s "$S" | od -An -v -tx1 | tr -d " \\n"; echo'),
  'upper hexadecimal with colons': printed('printf %s "$S" | od -An -v -tx1 | tr "a-f" "A-F" | tr -s " " ":"'),
  'a dump': printed('printf %s "$S" | od -A x -t x1z -v'),
  'percent encoded whole': printed('printf %s "$S" | od -An -v -tx1 | tr -d "\\n" | sed "s/ /%/g"; echo'),
  'JSON with escapes': printed(`python3 -c 'import os; print("".join("\\\\u%04x" % ord(c) for c in os.environ["S"]))'`),
  'numbers of a list': printed(`python3 -c 'import os; print(list(os.environ["S"].encode()))'`),
  'UTF-16': printed('printf %s "$S" | iconv -t utf-16le'),
  'cut into writes': printed(`for i in $(seq 0 $((\${#S} - 1))); do printf %s "\${S:$i:1}"; sleep 0.002; done; echo`),
  'coloured within': printed(`printf "%s\\033[31m%s\\033[0m\\n" "\${S:0:9}" "\${S:9}"`),
  'traced by the shell': printed('set -x; : "$S"'),
  'at the end, without a line end': printed('printf "%s" "$S"'),
  'after junk that is no text': printed('printf "\\xff\\xfe\\0%s\\xc3" "$S"'),
  'in an error of the shell': printed('"$S" || true'),
  'as a command of the toolkit': printed('echo "::error title=$S,file=$S::broken $S"', '##[error]broken ***'),
  'as a group and a debug line': printed('echo "::group::$S"; echo "::endgroup::"; echo "::debug::$S"', '##[group]***'),
  'as an older command': printed('echo "##[warning]it is $S"', 'it is ***'),
  'as the token that stops commands': printed(
    'echo "::stop-commands::$S"; echo "::$S::"; echo "::echo::on"',
    '::stop-commands::***',
  ),
  'with echo on': printed('echo "::echo::on"; echo "::set-output name=o::$S"', '::set-output name=o::***'),
  'as the name of an output': printed(
    'echo "::set-output name=$S::1"; echo "::save-state name=$S::1"; echo tried',
    'tried',
  ),
  'in a line that is no pair': printed('echo "$S" >> "$GITHUB_ENV"; echo tried', 'tried'),
  'in a delimiter': printed('echo "A<<$S" >> "$GITHUB_OUTPUT"; echo tried', 'tried'),
  'in the summary': printed(
    'printf "# %s\\n" "$S" >> "$GITHUB_STEP_SUMMARY"; printf %s "$S" | base64 >> "$GITHUB_STEP_SUMMARY"; echo tried',
    'tried',
  ),
  'as a name for others to log': printed('echo "LATER=$S" >> "$GITHUB_ENV"; echo tried', 'tried'),
};

const TOLD: Readonly<Record<string, Case>> = {
  'as an exit code that is none': printed('exit "$S"'),
  'as a folder to work in': { step: { 'working-directory': secret, run: 'echo never' }, proof: '##[error]' },
  'as a duration': { step: { 'timeout-minutes': secret, run: 'echo never' }, proof: '##[error]' },
  'in the message of an expression': {
    step: { run: `echo ${expression('fromJSON(secrets.TOKEN)')}` },
    proof: '##[error]',
  },
  'in a format that does not fit': {
    step: { run: `echo ${expression("format(format('{0}{1}', secrets.TOKEN, '{'), 1)")}` },
    proof: '##[error]',
  },
  'in a pattern of files': { step: { run: `echo "[${expression('hashFiles(secrets.TOKEN)')}]"` }, proof: '[]' },
  'as the name of an artifact': {
    step: uses('actions/upload-artifact@v4', { name: secret, path: 'fine' }),
    proof: '##[error]',
  },
  'in base64 as the name of an artifact': {
    step: uses('actions/upload-artifact@v4', { name: expression('env.ENCODED'), path: 'fine' }),
    proof: '##[error]',
  },
  'as an artifact to download': { step: uses('actions/download-artifact@v4', { name: secret }), proof: '***' },
  'as the path of an artifact': {
    step: uses('actions/upload-artifact@v4', { name: 'p', path: secret, 'if-no-files-found': 'error' }),
    proof: '##[error]',
  },
  'as the key of a cache': { step: uses('actions/cache/save@v4', { path: 'fine', key: secret }), proof: '##[error]' },
  'as a key to look for': {
    step: uses('actions/cache/restore@v4', { path: 'fine', key: `x-${secret}`, 'fail-on-cache-miss': true }),
    proof: '***',
  },
  'as a commit to check out': { step: uses('actions/checkout@v4', { ref: secret, path: 'there' }), proof: '***' },
  'as a repository to check out': {
    step: uses('actions/checkout@v4', { repository: `acme/${secret}`, path: 'there' }),
    proof: '***',
  },
  'as a folder to check out to': { step: uses('actions/checkout@v4', { path: `../${secret}` }), proof: '##[error]' },
  'as an unknown input': { step: uses('actions/checkout@v4', { path: 'there', [`x`]: secret }), proof: 'no input' },
  'as a version of a tool': { step: uses('actions/setup-node@v4', { 'node-version': secret }), proof: '***' },
  'as a family to scan': { step: uses('sluice/scan', { family: secret }), proof: '##[error]' },
};

const CASES = { ...PRINTED, ...TOLD };
const PREPARE =
  'mkdir -p fine; echo fine > fine/file; echo "ENCODED=$(printf %s "$S" | base64 -w 0 | tr -d "/=")" >> "$GITHUB_ENV"';

let lab: Lab;
let attacked: Attacked;
beforeAll(async () => {
  lab = openLab({
    secrets: canaries(NAMES),
    jobs: {
      one: {
        ...job(script(PREPARE), ...Object.entries(CASES).flatMap(([name, { step }]) => stepsOf(name, [step])), {
          name: `named ${expression('env.LATER')}`,
          if: 'always()',
          run: 'echo fine',
        }),
        outputs: { plain: expression('env.LATER'), nothing: 'fine' },
      },
      two: {
        ...job(`echo "out [${expression('needs.one.outputs.plain')}] [${expression('needs.one.outputs.nothing')}]"`),
        name: `of ${expression('needs.one.outputs.plain')}`,
        needs: 'one',
        if: 'always()',
      },
    },
  });
  attacked = await lab.run();
});

describe('a step with a secret', () => {
  test.each(Object.entries(CASES))('shows nothing of it: %s', (name, { proof }) => {
    if (typeof proof === 'string') expect(attacked.step(name)).toContain(proof);
    else expect(attacked.step(name)).toMatch(proof);
  });

  test('nor as the name of a later step, an output, or the name of a job', () => {
    const steps = attacked.record.jobs[0]?.steps.map(({ name }) => name) ?? [];
    expect(steps).toContain('named ***');
    expect(attacked.log('two')).toBe('out [] [fine]\n');
  });

  test('and none of it is in anything that the run left', async () => {
    expect(await lab.leaks(attacked, await lab.sluice('runs', 'show'), await lab.sluice('runs', 'logs'))).toEqual([]);
  });
});

describe('what masking does not promise, the guide says', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/security-of-runs.md'), 'utf8');
  const secrets = canaries(['TOKEN']);
  const { TOKEN = '' } = secrets;
  const xored = Buffer.from(TOKEN.split('').map((letter) => letter.charCodeAt(0) ^ 7)).toString('hex');

  test.each([
    [
      'a value combined with a key',
      `python3 -c 'import os; print(bytes(b ^ 7 for b in os.environ["S"].encode()).hex())'`,
      [xored],
      'encrypts',
    ],
    [
      'half to each stream',
      `printf %s "\${S:0:17}"; printf %s "\${S:17}" >&2; echo`,
      [TOKEN.slice(0, 17), TOKEN.slice(17)],
      'half of it to standard output',
    ],
    ['a part of a value', `echo "\${S:0:12}"`, [TOKEN.slice(0, 12)], 'a part of it'],
  ])('%s', async (_, run, shown, words) => {
    expect(guide).toContain(words);
    const { log } = await openLab({ secrets, jobs: { one: job(script(run)) } }).run();
    for (const text of shown) expect(log('one')).toContain(text);
  });
});

test('what one job was given is masked in the next, which turns it back; a name that a person typed is masked in provenance', async () => {
  const secrets = canaries(['TOKEN']);
  const lab = openLab({
    secrets,
    workflow: { on: { workflow_dispatch: { inputs: { typed: { type: 'string' } } } } },
    jobs: {
      one: job(
        script(`python3 -c 'import os; open("f", "w").write("".join(chr(ord(c) ^ 7) for c in os.environ["S"]))'`),
        uses('actions/upload-artifact@v4', { name: 'f', path: 'f' }),
      ),
      two: {
        ...job(
          uses('actions/download-artifact@v4', { name: 'f' }),
          `python3 -c 'print("turned", "".join(chr(ord(c) ^ 7) for c in open("f").read()))'`,
        ),
        needs: 'one',
      },
      three: {
        ...job(uses('actions/checkout@v4', { path: 'x' }), 'echo "of called"'),
        needs: 'one',
      },
    },
  });
  const run = await lab.run({ args: ['--event', 'workflow_dispatch', '--input', `typed=${secrets['TOKEN']}`] });
  expect(run.log('two')).toContain('turned ***\n');
  const leaks = await lab.leaks(run);
  // The record of the run repeats what its person typed; evidence, which others read, does not.
  expect(leaks.filter((leak) => !leak.endsWith('/run.json'))).toEqual([]);
});
