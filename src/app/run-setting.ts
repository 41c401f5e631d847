import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { unixServiceHost } from '#adapters/service/unix-host.ts';
import type { Config } from '#config/schema.ts';
import type { Mount, NetworkPolicy } from '#core/sandbox.ts';
import { Mirror } from '#pipeline/action/mirror.ts';
import type { RunSettingWithoutEmit } from '#pipeline/run/run.ts';
import type { RepositoryFacts, TriggerEvent } from '#pipeline/run/trigger.ts';
import { ArtifactStore } from '#pipeline/service/artifact-store.ts';
import { CacheStore, cacheScopes } from '#pipeline/service/cache-store.ts';
import type { Configuration } from './configuration.ts';
import { imagesOf } from './images.ts';
import { steadyClock } from './run-clock.ts';
import { scanWorkspace } from './run-scan.ts';
import { workflowAt } from './run-workflow.ts';
import { findToolchains } from './toolchains.ts';

/** What the setting of a run is made from: what goes into it as it is, and what the rest is made of. */
export interface SettingParts
  extends Pick<
    RunSettingWithoutEmit,
    | 'changes'
    | 'driver'
    | 'env'
    | 'event'
    | 'facts'
    | 'folder'
    | 'git'
    | 'lookOn'
    | 'onJobEnd'
    | 'repository'
    | 'secrets'
    | 'sockets'
    | 'variables'
  > {
  readonly configuration: Configuration;
  readonly attempt: number;
  readonly learn: boolean;
  readonly version: string;
}

/** Puts together what all jobs of a run have in common. */
export function runSetting(parts: SettingParts): RunSettingWithoutEmit {
  const { repository, configuration, git, event, facts, folder, version } = parts;
  const { config } = configuration;
  const state = join(repository, '.sluice');
  const node = process.execPath;
  const own = { tool: 'node', version: process.versions.node, path: ['/runner/node/bin'] };
  const toolchains = findToolchains(configuration, own);
  const mirrors = config.actions.mirrors.map((path) => resolve(configuration.folder, path));
  const scopes = cacheScopes(event.trusted, event.ref, readableRefs(event, facts));
  const resource = `git+${facts.server}/${facts.name}@${event.sha}`;
  return {
    ...{
      repository,
      git,
      driver: parts.driver,
      facts,
      event,
      folder,
      node,
      sockets: parts.sockets,
      lookOn: parts.lookOn,
    },
    ...{ changes: parts.changes, secrets: parts.secrets, variables: parts.variables },
    identity: { id: folder.id, attempt: parts.attempt },
    env: parts.env,
    services: unixServiceHost,
    now: steadyClock(systemClock.now(), () => performance.now()),
    artifacts: new ArtifactStore(join(folder.path, 'artifacts')),
    caches: new CacheStore(join(state, 'cache', 'entries'), scopes),
    images: imagesOf(configuration, join(state, 'cache', 'images')),
    mirror: new Mirror(git, mirrors, join(state, 'cache', 'actions')),
    toolchains: toolchains.find,
    mounts: [...toolchains.mounts, ...ownProgram(state)],
    scanner: (place, options) =>
      scanWorkspace(place, options, { configuration, version, scratch: folder.path, resource }),
    limits: limitsOf(config.run),
    logBytes: config.run.log,
    trace: config.run.trace,
    network: networkOf(config.network, parts.learn),
    parallel: config.run.parallel ?? availableParallelism(),
    onJobEnd: parts.onJobEnd,
    workflowAt: (path) => workflowAt(repository, path),
  };
}

/** Caches of the branch that a change goes to, and of the default branch, can be used by it. */
const readableRefs = ({ baseRef }: TriggerEvent, { defaultBranch }: RepositoryFacts): string[] =>
  [...(baseRef === '' ? [] : [baseRef]), defaultBranch].map((branch) => `refs/heads/${branch}`);

const limitsOf = ({ memory, processes, cpus }: Config['run']) => ({
  memoryBytes: memory,
  processes,
  cpus: cpus ?? availableParallelism(),
});

/** The hosts of every job, of the job of this name, and of this job of this workflow. */
function networkOf(
  { allow, jobs }: Config['network'],
  learn: boolean,
): (workflow: string, job: string) => NetworkPolicy {
  return (workflow, job) => {
    const own = [...(jobs[job] ?? []), ...(jobs[`${workflow.slice(workflow.lastIndexOf('/') + 1)}/${job}`] ?? [])];
    const hosts = [...new Set([...allow, ...own])].toSorted();
    return { mode: learn ? 'learn' : hosts.length === 0 ? 'closed' : 'allow', allow: hosts };
  };
}

/** `sudo`, where the system of a job has none; and our program, for steps that run `sluice` themselves: as it is published, with a starter on the search path. */
function ownProgram(state: string): readonly Mount[] {
  const [, started = ''] = process.argv;
  const program = existsSync(started) ? realpathSync(started) : '';
  const starters = join(state, 'cache', 'bin');
  mkdirSync(starters, { recursive: true });
  writeFileSync(join(starters, 'sudo'), SUDO, { mode: 0o755 });
  const bin: Mount = { from: starters, to: '/runner/bin', access: 'read' };
  if (!program.endsWith('/sluice.js')) return [bin];
  writeFileSync(join(starters, 'sluice'), STARTER, { mode: 0o755 });
  return [{ from: dirname(program), to: '/runner/sluice', access: 'read' }, bin];
}

const STARTER = '#!/bin/sh\nexec /runner/node/bin/node /runner/sluice/sluice.js "$@"\n';

/** Workflows expect `sudo`. In a sandbox nobody can become anybody else: this one runs the command as whoever asks. */
const SUDO = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    --) shift; break ;;
    -u|-g|-U|-C|-p|-h|-r|-t|-T|--user|--group) shift; [ $# -gt 0 ] && shift ;;
    -D|--chdir) shift; cd "$1" || exit 1; shift ;;
    -v|-k|-K|-l|--validate|--list) exit 0 ;;
    -*) shift ;;
    *) break ;;
  esac
done
[ $# -eq 0 ] && exit 0
exec env "$@"
`;
