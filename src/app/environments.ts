import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { remoteFront } from '#adapters/deploy/control.ts';
import { healthProbe } from '#adapters/deploy/health.ts';
import { program, startBehind } from '#adapters/deploy/program.ts';
import { disk, durableFile } from '#adapters/disk.ts';
import type { EnvironmentConfig } from '#config/deploy.ts';
import type { HealthCheck } from '#core/deploy.ts';
import { SluiceError } from '#core/error.ts';
import { DEFAULT_POLICY } from '#core/policy.ts';
import type { Digest } from '#core/statement.ts';
import {
  containerActivation,
  folderActivation,
  type Health,
  IMAGE_FILE,
  kubernetesActivation,
  MANIFEST_FILE,
  processActivation,
} from '#deploy/activation.ts';
import type { Activation, Environment } from '#deploy/deploy.ts';
import { renderManifest } from '#deploy/manifest.ts';
import { digestArtifact } from '#evidence/digest.ts';
import { openGate, PolicyError } from '#gate/gate.ts';
import { type Configuration, loadConfiguration, pathInside } from './configuration.ts';
import { environmentRules, evidenceOf, judgeEvidence } from './evidence-gate.ts';
import { repositoryOf } from './repository.ts';

/** An environment of the configuration, ready to be deployed to. */
export interface OpenEnvironment {
  readonly name: string;
  readonly config: EnvironmentConfig;
  readonly configuration: Configuration;
  readonly repository: string;
  /** The folder of the environment, and ours in it. */
  readonly root: string;
  readonly own: string;
}

/** @throws SluiceError `environment-unknown` */
export function findEnvironment(name: string, file: string | undefined): OpenEnvironment {
  const configuration = loadConfiguration('.', file);
  const { environments } = configuration.config;
  const config = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (config === undefined) {
    const known = Object.keys(environments).sort();
    const hint = known.length === 0 ? 'sluice.yaml has no `environments`.' : `There are: ${known.join(', ')}.`;
    throw new SluiceError('environment-unknown', `there is no environment named ${name}`, { hint });
  }
  const root = resolve(configuration.folder, config.folder);
  return {
    name,
    config,
    configuration,
    repository: repositoryOf(configuration.folder),
    root,
    own: join(root, '.sluice'),
  };
}

export function openEnvironment(open: OpenEnvironment): Environment {
  const { name, config, repository, root, own, configuration } = open;
  mkdirSync(own, { recursive: true });
  const image = 'image' in config ? config.image : undefined;
  return {
    name,
    root,
    keep: config.keep,
    clock: systemClock,
    state: durableFile(join(own, 'state.json')),
    exclusively: (work) => disk.alone(join(own, 'deploy.lock'), `the environment ${name}`, work),
    digestOf: (path) => digestArtifact(path),
    judge: async (artifact) => {
      const now = systemClock.now();
      const facts = evidenceOf({ repository, artifact, clock: systemClock, environment: name });
      try {
        return judgeEvidence(facts, environmentRules(config), now);
      } catch (error) {
        throw error instanceof PolicyError ? placed(error, open) : error;
      }
    },
    activation: activationOf(open),
    ...(image === undefined ? {} : { render: (digest) => render(config, configuration, byDigest(image, digest)) }),
  };
}

/**
 * Compiles the rules of every environment, so that a mistake is found before somebody deploys.
 *
 * @throws SluiceError `expression-invalid` with the place of the first
 */
export function checkRules(configuration: Configuration): void {
  for (const [name, config] of Object.entries(configuration.config.environments)) {
    try {
      openGate({ ...DEFAULT_POLICY, rules: environmentRules(config) });
    } catch (error) {
      throw error instanceof PolicyError ? placed(error, { name, configuration }) : error;
    }
  }
}

type Place = Pick<OpenEnvironment, 'name' | 'configuration'>;

function placed({ message, code, hint, path, offset }: PolicyError, { name, configuration }: Place): SluiceError {
  const at = configuration.position(['environments', name, ...path], offset);
  return new SluiceError(code, message, { at, ...(hint === undefined ? {} : { hint }) });
}

function byDigest(image: string, { sha256 }: Digest): string {
  if (sha256 !== undefined) return `${image}@sha256:${sha256}`;
  const hint = 'Name it as sha256:…, or give an OCI image layout.';
  throw new SluiceError('artifact-not-image', 'this environment takes images', { hint });
}

function render(
  config: EnvironmentConfig,
  configuration: Configuration,
  image: string,
): Readonly<Record<string, string>> {
  if (config.kind !== 'kubernetes') return { [IMAGE_FILE]: `${image}\n` };
  const at = { file: configuration.file ?? 'sluice.yaml' };
  const file = pathInside(configuration, config.manifest, at);
  return {
    [IMAGE_FILE]: `${image}\n`,
    [MANIFEST_FILE]: renderManifest(readFileSync(file, 'utf8'), image, config.manifest),
  };
}

function activationOf(open: OpenEnvironment): Activation {
  const { config, root, own, name, configuration } = open;
  if (config.kind === 'folder') return folderActivation(root, healthOf(config, root));
  if (config.kind === 'process') {
    const log = join(own, 'front.log');
    const file = configuration.file === undefined ? [] : ['--config', configuration.file];
    const start = (): void => startBehind(['front', name, ...file], configuration.folder, log);
    return processActivation(remoteFront(join(own, 'front.json'), start, log));
  }
  if (config.kind === 'container') {
    const podman = program('podman', process.env);
    return containerActivation({
      root,
      name: config.name,
      publish: config.publish,
      podman,
      health: healthOf(config, root),
    });
  }
  const withinMs = (config.health?.within ?? 120) * 1_000;
  const { namespace, context, deployment } = config;
  return kubernetesActivation({
    root,
    namespace,
    context,
    deployment,
    withinMs,
    kubectl: program('kubectl', process.env),
  });
}

function healthOf(config: EnvironmentConfig, root: string): Health | undefined {
  const check = config.health === undefined ? undefined : healthCheck(config.health, undefined, join(root, 'current'));
  return check === undefined ? undefined : { check, probe: healthProbe };
}

/** A check of the configuration; `port` is that of the release where it has one of its own, `cwd` where a command runs. */
export function healthCheck(
  health: NonNullable<EnvironmentConfig['health']>,
  port: number | undefined,
  cwd: string,
): HealthCheck {
  const times = { timeoutMs: health.timeout * 1_000, withinMs: health.within * 1_000 };
  if ('tcp' in health) return { kind: 'tcp', port: port ?? health.tcp, ...times };
  if ('command' in health) return { kind: 'command', argv: health.command, cwd, ...times };
  if (port !== undefined && health.http.startsWith('/')) return { kind: 'http', port, path: health.http, ...times };
  const url = URL.parse(health.http);
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname);
  if (url !== null && isLocal)
    return { kind: 'http', port: Number(url.port || 80), path: `${url.pathname}${url.search}`, ...times };
  const hint = 'Such as http://127.0.0.1:8080/health.';
  throw new SluiceError('health-invalid', 'the check of health is no URL on this machine', { hint });
}
