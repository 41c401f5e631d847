import { posix } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { StepRun } from '../run/job-state.ts';
import { mounted } from '../run/layout.ts';
import type { ArtifactStore } from '../service/artifact-store.ts';
import type { CacheStore } from '../service/cache-store.ts';
import type { UsesStep } from '../workflow/model.ts';
import { downloadArtifact, uploadArtifact } from './builtin/artifacts.ts';
import { cache, restoreCache, saveCache } from './builtin/cache.ts';
import { checkout } from './builtin/checkout.ts';
import { type Scanner, scanStep } from './builtin/scan.ts';
import { setup, type Toolchain } from './builtin/setup.ts';
import { testsStep } from './builtin/tests.ts';
import { runComposite } from './composite.ts';
import { runDocker, runImage } from './docker-action.ts';
import { hashPlace } from './find-files.ts';
import { describeUse, givenInputs, type Inputs, obstacle, withDefaults } from './inputs.ts';
import type { Mirror } from './mirror.ts';
import { type MountedAction, runNode } from './node-action.ts';
import type { ActionReference } from './reference.ts';
import { type FoundAction, findLocal, findRemote, referenceOf } from './resolve.ts';

/** What actions of one job work with. */
export interface ActionKit {
  readonly mirror: Mirror;
  readonly artifacts: ArtifactStore;
  readonly caches: CacheStore;
  /** Installed versions of a tool. */
  readonly toolchains: (tool: string) => Promise<readonly Toolchain[]>;
  readonly scanner: Scanner;
  /** Saved by the `pre` of an action, by its place in the file. */
  readonly states: Map<string, Map<string, string>>;
}

/** Runs a `uses:` step, whatever kind of action it names. */
export async function runUses(step: StepRun, of: UsesStep, kit: ActionKit): Promise<void> {
  const reference = referenceIn(step, of);
  const given = await givenInputs(step, of.with, hashPlace(step.job.layout.workspace));
  describeUse(step, of, given);
  if (reference.kind === 'builtin') return builtin(step, reference.name, given, kit);
  if (reference.kind === 'image')
    return runImage(step, of, { image: reference.image, inputs: given, args: [], env: [] });
  const found = await findAction(step, of, kit);
  const action = mountAction(step, found);
  const inputs = withDefaults(step, found.action, given);
  const { runs } = found.action;
  if (runs.kind === 'composite') return runComposite(step, action, inputs);
  if (runs.kind === 'docker') return runDocker(step, of, action, inputs);
  return runNode(step, action, inputs, of.uses, stateOf(kit, of));
}

/** `$/path` is a path of the repository that the file itself lies in, at the same commit. */
const SELF = '$/';

function referenceIn(step: StepRun, { uses, at }: UsesStep): ActionReference {
  if (!uses.startsWith(SELF)) return referenceOf(uses, at);
  const { event } = step.job.services;
  const { repository } = step.job.contexts['github'] as { readonly repository: string };
  const own = ownerOf(step) ?? { repository, ref: event.sha };
  return { kind: 'remote', ...own, path: uses.slice(SELF.length) };
}

/** The repository of the action that the step is part of; none for steps of a job and of local actions. */
function ownerOf({ scope }: StepRun): { readonly repository: string; readonly ref: string } | undefined {
  const { action_repository: repository, action_ref: ref } = scope.github;
  return typeof repository === 'string' && repository !== '' && typeof ref === 'string'
    ? { repository, ref }
    : undefined;
}

/** What `pre` saved for the rest of the same step. */
export function stateOf({ states }: ActionKit, { at, uses }: UsesStep): Map<string, string> {
  const key = `${at.file}:${at.line ?? 0}:${at.column ?? 0}:${uses}`;
  const state = states.get(key) ?? new Map<string, string>();
  states.set(key, state);
  return state;
}

async function findAction(step: StepRun, of: UsesStep, { mirror }: ActionKit): Promise<FoundAction> {
  const reference = referenceIn(step, of);
  const { services } = step.job;
  const from = of.uses.startsWith(SELF) && ownerOf(step) === undefined ? services.repository : undefined;
  try {
    if (reference.kind === 'local') return findLocal(reference.path, step.job.layout.workspace.host, of.at);
    if (reference.kind === 'remote') return await findRemote(reference, of.at, mirror, from);
  } catch (error) {
    throw error instanceof SluiceError ? obstacle(error) : error;
  }
  throw new TypeError('no action with files');
}

/** A local action is where it lies in the workspace; another one is mounted beside it, read-only and whole. */
export function mountAction({ job }: Pick<StepRun, 'job'>, found: FoundAction): MountedAction {
  const { action, name, folder, repository, ref } = found;
  const github = { action_repository: repository, action_ref: ref };
  if (repository === '') {
    const path = posix.join(job.layout.workspace.inside, name);
    return { action, path, mounts: [], github: { ...github, action_path: path } };
  }
  const [owner, base, commit, ...inner] = name.split('/');
  const place = job.layout.action(`${owner}/${base}/${commit}`, folder);
  const path = posix.join(place.inside, ...inner);
  return { action, path, mounts: mounted(place, 'read'), github: { ...github, action_path: path } };
}

async function builtin(step: StepRun, name: string, inputs: Inputs, kit: ActionKit): Promise<void> {
  const { artifacts, caches, mirror, toolchains, scanner } = kit;
  if (name === 'actions/checkout') return checkout(step, inputs, mirror);
  if (name === 'actions/cache') return cache(step, inputs, caches);
  if (name === 'actions/cache/restore') return void (await restoreCache(step, inputs, caches));
  if (name === 'actions/cache/save') return saveCache(step, inputs, caches);
  if (name === 'actions/upload-artifact') return uploadArtifact(step, inputs, artifacts);
  if (name === 'actions/download-artifact') return downloadArtifact(step, inputs, artifacts);
  if (name === 'sluice/scan') return scanStep(step, inputs, scanner);
  if (name === 'sluice/tests') return testsStep(step, inputs);
  return setup(step, name, inputs, toolchains);
}
