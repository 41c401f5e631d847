import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Program } from '#core/deploy.ts';
import { SluiceError } from '#core/error.ts';
import { containerActivation, IMAGE_FILE, kubernetesActivation, MANIFEST_FILE } from './activation.ts';
import { folder } from './fixture.ts';
import { installRelease, liveRelease } from './releases.ts';

/*
 * What podman and kubectl are told, in which order, and what is told them when something fails. That they then do it is for
 * a machine that has them.
 */

const digestOf = (letter: string): string => letter.repeat(64);

/** A program that writes down what it is asked, and fails where it is told to. */
function recorder(failOn: (args: readonly string[], input: string | undefined) => boolean = () => false) {
  const asked: string[] = [];
  const program: Program = {
    run: async (args, input) => {
      asked.push([...args, ...(input === undefined ? [] : [`< ${input.trim()}`])].join(' '));
      if (failOn(args, input)) throw new SluiceError('program-failed', 'it says no');
      return '';
    },
  };
  return { asked, program };
}

async function releases(): Promise<{ root: string; first: string; second: string }> {
  const root = folder();
  const install = async (letter: string): Promise<string> => {
    const image = `registry.example/shop@sha256:${digestOf(letter)}`;
    const files = { [IMAGE_FILE]: `${image}\n`, [MANIFEST_FILE]: `image: ${image}\n` };
    return (await installRelease(root, files, { sha256: digestOf(letter) })).name;
  };
  return { root, first: await install('a'), second: await install('b') };
}

test('a container is replaced by digest, and by the one before where it does not work', async () => {
  const { root, first, second } = await releases();
  const { asked, program } = recorder();
  const works = { current: true };
  const check = { kind: 'tcp', port: 1, timeoutMs: 1, withinMs: 1 } as const;
  const probe = { wait: async () => (works.current ? undefined : 'it is down') };
  const activation = containerActivation({
    root,
    name: 'shop',
    publish: ['8080:80'],
    podman: program,
    health: { check, probe },
  });
  await activation.activate(first, undefined);
  expect(asked.splice(0)).toEqual([
    'run --detach --replace --name shop --restart on-failure --security-opt no-new-privileges --cap-drop all --read-only ' +
      `--tmpfs /tmp --publish 8080:80 registry.example/shop@sha256:${digestOf('a')}`,
  ]);
  works.current = false;
  await expect(activation.activate(second, first)).rejects.toMatchObject({ code: 'release-unhealthy' });
  expect(asked.map((line) => line.slice(-64))).toEqual([digestOf('b'), digestOf('a')]);
  expect(liveRelease(root)).toBe(first);
});

test('a first container that does not work is removed', async () => {
  const { root, first } = await releases();
  const { asked, program } = recorder(([command]) => command === 'run');
  const activation = containerActivation({ root, name: 'shop', publish: [], podman: program, health: undefined });
  await expect(activation.activate(first, undefined)).rejects.toThrow('it says no');
  expect(asked.at(-1)).toBe('rm --force shop');
  expect(existsSync(join(root, 'current'))).toBe(false);
});

test('a manifest is applied and waited for, and the one before is applied again where the rollout fails', async () => {
  const { root, first, second } = await releases();
  const failing = { letter: '' };
  let applied = '';
  const { asked, program } = recorder((args, input) => {
    applied = input ?? applied;
    return args.includes('rollout') && failing.letter !== '' && applied.includes(digestOf(failing.letter));
  });
  const options = {
    root,
    namespace: 'production',
    context: 'main',
    deployment: 'shop',
    withinMs: 90_000,
    kubectl: program,
  };
  const activation = kubernetesActivation(options);
  const scope = '--namespace production --context main';
  const applying = (letter: string): string =>
    `${scope} apply --filename - < image: registry.example/shop@sha256:${digestOf(letter)}`;
  const waiting = `${scope} rollout status deployment/shop --timeout=90s`;
  await activation.activate(first, undefined);
  expect(asked.splice(0)).toEqual([applying('a'), waiting]);
  failing.letter = 'b';
  await expect(activation.activate(second, first)).rejects.toMatchObject({ code: 'release-unhealthy' });
  expect(asked).toEqual([applying('b'), waiting, applying('a'), waiting]);
  expect(liveRelease(root)).toBe(first);
  expect(await activation.inspect?.(first)).toBe('the cluster has nothing');
});
