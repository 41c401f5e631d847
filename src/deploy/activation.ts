import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Front, HealthCheck, HealthProbe, Program } from '#core/deploy.ts';
import { SluiceError } from '#core/error.ts';
import type { Activation } from './deploy.ts';
import { releaseFolder, switchTo } from './releases.ts';

/** What a release is held to once it is live. */
export interface Health {
  readonly check: HealthCheck;
  readonly probe: HealthProbe;
}

/** A folder that something else serves: the link is switched, and switched back where the release does not work. */
export const folderActivation = (root: string, health: Health | undefined): Activation => ({
  kind: 'folder',
  activate: async (release, previous) => {
    switchTo(root, release);
    const reason = await health?.probe.wait(health.check);
    if (reason === undefined) return;
    switchTo(root, previous);
    throw unhealthy(reason);
  },
});

/** A process behind a front, which switches the link itself the moment that requests go to the new one. */
export const processActivation = (front: Front): Activation => ({
  kind: 'process',
  activate: async (release) => {
    const reason = await front.activate(release);
    if (reason !== undefined) throw unhealthy(reason);
  },
  inspect: async (release) => {
    const running = await front.release();
    if (running === undefined) return 'no release is running';
    return running === release ? undefined : `requests go to ${running}`;
  },
});

/** The names of files in a release of an image. */
export const IMAGE_FILE = 'image';
export const MANIFEST_FILE = 'manifest.yaml';

export interface ContainerOptions {
  readonly root: string;
  readonly name: string;
  readonly publish: readonly string[];
  readonly podman: Program;
  readonly health: Health | undefined;
}

/** A container by digest. The port has one owner, so the old one ends before the new one starts. */
export function containerActivation({ root, name, publish, podman, health }: ContainerOptions): Activation {
  const run = async (release: string): Promise<void> => {
    await podman.run(runArguments(name, imageOf(root, release), publish));
  };
  return {
    kind: 'container',
    activate: async (release, previous) => {
      const reason = await tried(async () => {
        await run(release);
        return await health?.probe.wait(health.check);
      });
      if (reason === undefined) {
        switchTo(root, release);
        return;
      }
      if (previous === undefined) await podman.run(['rm', '--force', name]);
      else await run(previous);
      throw unhealthy(reason);
    },
    inspect: async (release) => {
      const running = await podman.run(['inspect', '--format', '{{.ImageName}} {{.State.Running}}', name]);
      return running.trim() === `${imageOf(root, release)} true` ? undefined : `podman has ${shown(running)}`;
    },
  };
}

/** No new privileges and no capabilities: what needs more is no matter of this program. */
const runArguments = (name: string, image: string, publish: readonly string[]): string[] => [
  ...['run', '--detach', '--replace', '--name', name, '--restart', 'on-failure'],
  ...['--security-opt', 'no-new-privileges', '--cap-drop', 'all', '--read-only', '--tmpfs', '/tmp'],
  ...publish.flatMap((port) => ['--publish', port]),
  image,
];

export interface KubernetesOptions {
  readonly root: string;
  readonly namespace: string;
  readonly context: string | undefined;
  readonly deployment: string;
  readonly withinMs: number;
  readonly kubectl: Program;
}

/** Objects of a cluster, with the image by digest. What the rollout does not bring up in time is undone by the objects of before. */
export function kubernetesActivation(options: KubernetesOptions): Activation {
  const { root, deployment, withinMs, kubectl, namespace, context } = options;
  const scope = ['--namespace', namespace, ...(context === undefined ? [] : ['--context', context])];
  const apply = async (release: string): Promise<void> => {
    const manifest = readFileSync(join(releaseFolder(root, release), MANIFEST_FILE), 'utf8');
    await kubectl.run([...scope, 'apply', '--filename', '-'], manifest);
    await kubectl.run([
      ...scope,
      'rollout',
      'status',
      `deployment/${deployment}`,
      `--timeout=${Math.ceil(withinMs / 1000)}s`,
    ]);
  };
  return {
    kind: 'kubernetes',
    activate: async (release, previous) => {
      const reason = await tried(async () => {
        await apply(release);
        return undefined;
      });
      if (reason === undefined) {
        switchTo(root, release);
        return;
      }
      if (previous === undefined) await kubectl.run([...scope, 'rollout', 'undo', `deployment/${deployment}`]);
      else await apply(previous);
      throw unhealthy(reason);
    },
    inspect: async (release) => {
      const images = 'jsonpath={.spec.template.spec.containers[*].image}';
      const wanted = imageOf(root, release);
      const running = await kubectl.run([...scope, 'get', `deployment/${deployment}`, '--output', images]);
      return running.split(/\s+/).includes(wanted) ? undefined : `the cluster has ${shown(running)}`;
    },
  };
}

const imageOf = (root: string, release: string): string =>
  readFileSync(join(releaseFolder(root, release), IMAGE_FILE), 'utf8').trim();

/** What a program answered, fit for one line. */
const shown = (text: string): string =>
  text
    .trim()
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 300) || 'nothing';

async function tried(work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) return error.message;
    throw error;
  }
}

const unhealthy = (reason: string): SluiceError =>
  new SluiceError('release-unhealthy', `the release does not work: ${reason}`, {
    hint: 'What was live before is live again.',
  });
