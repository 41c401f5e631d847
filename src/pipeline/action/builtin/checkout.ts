import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import { applyChanges } from '../../run/changes.ts';
import { StepFailure, type StepRun } from '../../run/job-state.ts';
import { flag, type Inputs, obstacle } from '../inputs.ts';
import { fetchCommit, type Mirror } from '../mirror.ts';

const SUPPORTED = new Set([
  ...[
    'repository',
    'ref',
    'path',
    'fetch-depth',
    'fetch-tags',
    'clean',
    'token',
    'ssh-key',
    'ssh-known-hosts',
    'ssh-strict',
  ],
  ...['persist-credentials', 'show-progress', 'set-safe-directory', 'github-server-url', 'allow-unsafe-pr-checkout'],
]);

/**
 * `actions/checkout` without a network: the commit comes from the repository that the run is about (with what is changed
 * and not committed in its work tree, where the run is about that), or from a mirror. It is put together outside and
 * copied in by a program in the sandbox, so that no link in a workspace leads a write astray.
 */
export async function checkout(step: StepRun, inputs: Inputs, mirror: Mirror): Promise<void> {
  const { job } = step;
  refuseUnsupported(step, inputs);
  const folder = posix.resolve(job.layout.workspace.inside, inputs['path'] ?? '.');
  if (folder !== job.layout.workspace.inside && !folder.startsWith(`${job.layout.workspace.inside}/`)) {
    throw new StepFailure('The path to check out to lies outside of the workspace.');
  }
  const staging = join(job.layout.staging.host, `checkout-${step.number}`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  try {
    const commit = await assemble(step, inputs, mirror, staging);
    await copyIn(step, staging, folder);
    step.outputs.set('commit', commit);
    step.outputs.set('ref', inputs['ref'] ?? job.services.event.ref);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function refuseUnsupported(step: StepRun, inputs: Inputs): void {
  const asked = (name: string): boolean => !['', 'false'].includes((inputs[name] ?? '').trim().toLowerCase());
  for (const name of ['submodules', 'lfs', 'sparse-checkout', 'filter']) {
    if (asked(name))
      step.log.line(`##[warning]checkout: \`${name}\` is passed over here; the whole commit is checked out.`);
  }
  for (const name of Object.keys(inputs)) {
    if (!SUPPORTED.has(name) && !['submodules', 'lfs', 'filter'].includes(name) && !name.startsWith('sparse-checkout'))
      step.log.line(`##[warning]checkout: there is no input \`${name}\`.`);
  }
}

async function assemble(step: StepRun, inputs: Inputs, mirror: Mirror, staging: string): Promise<string> {
  const { services, contexts } = step.job;
  const github = contexts['github'] as Readonly<Record<string, string>>;
  const repository =
    inputs['repository'] === undefined || inputs['repository'] === '' ? github['repository'] : inputs['repository'];
  const isOwn = repository?.toLowerCase() === github['repository']?.toLowerCase();
  const source = isOwn ? services.repository : mirror.find(repository ?? '');
  if (source === undefined) {
    const hint = 'Put a git mirror of it into a folder that `actions.mirrors` in sluice.yaml names.';
    throw obstacle(new SluiceError('repository-not-mirrored', `there is no mirror of ${repository}`, { hint }));
  }
  const ref = inputs['ref'] ?? '';
  const commit = await commitOf(services.git, source, ref, isOwn ? services.event.sha : 'HEAD');
  const depth = Number(inputs['fetch-depth'] ?? '1');
  if (!Number.isInteger(depth) || depth < 0) throw new StepFailure('fetch-depth is no whole number.');
  await fetchCommit(services.git, source, commit, staging, depth, step.signal);
  await settle(
    services.git,
    staging,
    `${github['server_url']}/${repository}`,
    ref === '' && isOwn ? services.event.ref : ref,
  );
  if (isOwn && ref === '' && services.changes !== undefined) {
    applyChanges(services.changes, staging);
    step.log.line(`With ${services.changes.paths.length} changed files of the work tree that are not committed.`);
  }
  if (flag(inputs, 'persist-credentials', true))
    step.log.line('No credentials are kept: there is no platform to talk to.');
  step.log.line(`Checked out ${commit}`);
  return commit;
}

async function commitOf(git: Git, source: string, ref: string, standard: string): Promise<string> {
  const short = ref.replace(/^refs\/heads\//, '');
  const candidates =
    ref === '' ? [standard] : [ref, `refs/heads/${short}`, `refs/tags/${short}`, `refs/remotes/origin/${short}`];
  for (const name of candidates) {
    if (name.startsWith('-')) continue;
    try {
      const answer = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
        cwd: source,
      });
      return answer.toString().trim();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    }
  }
  throw new StepFailure(`The repository has no ${ref === '' ? standard : ref}.`);
}

/** A branch is checked out as one, as the real action does, and the remote is the platform's. */
async function settle(git: Git, folder: string, remote: string, ref: string): Promise<void> {
  const run = (...args: string[]) => git.run(args, { cwd: folder });
  await run('config', 'remote.origin.url', remote);
  await run('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch !== undefined) await run('checkout', '--quiet', '-B', branch);
}

/** Into a workspace that nothing of the job has seen yet, the files are moved; later a link may lie anywhere in it. */
async function copyIn(step: StepRun, staging: string, folder: string): Promise<void> {
  const { workspace } = step.job.layout;
  if (!step.job.touched) {
    const target = join(workspace.host, posix.relative(workspace.inside, folder));
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(target)) rmSync(join(target, name), { recursive: true, force: true });
    for (const name of readdirSync(staging)) renameSync(join(staging, name), join(target, name));
    return;
  }
  const from = step.job.layout.bare ? staging : step.job.layout.staging.inside;
  const mounts = step.job.layout.bare ? [] : [{ from: staging, to: from, access: 'read' as const }];
  const script =
    'mkdir -p "$2" && find "$2" -mindepth 1 -maxdepth 1 -exec rm -rf {} + && cp -R --preserve=mode,timestamps,links "$1/." "$2/"';
  const { code } = await step.tool({ argv: ['sh', '-c', script, 'copy', from, folder], mounts });
  if (code !== 0) throw new StepFailure('The files could not be copied into the workspace.');
}
