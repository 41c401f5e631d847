import { resolve } from 'node:path';
import { findProgram } from '#adapters/process.ts';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import { readInside } from '#pipeline/action/inside.ts';
import { Mirror } from '#pipeline/action/mirror.ts';
import type { Lookup, Origin, PlanPorts } from '#pipeline/plan/ports.ts';
import type { Machine } from '#pipeline/plan/runner.ts';
import { MAX_BYTES, readAction, readWorkflow } from '#pipeline/workflow/read.ts';
import type { Configuration } from './configuration.ts';
import { tagged } from './images.ts';

/** This machine, as far as a job asks for it. */
export function thisMachine(
  environment: Readonly<Record<string, string | undefined>>,
  { config }: Pick<Configuration, 'config'>,
): Machine {
  const images = new Set(Object.keys(config.actions.images).map(tagged));
  // Node runs us, and lends itself to actions.
  const has = (program: string): boolean =>
    program === 'node' || findProgram(program, environment['PATH'] ?? '') !== undefined;
  return { arch: process.arch === 'arm64' ? 'arm64' : 'x64', hasImage: (image) => images.has(tagged(image)), has };
}

/** The files that a plan asks for, from the repository and from git mirrors. Nothing is written and nothing downloaded. */
export function planPorts(root: string, { config, folder }: Configuration, git: Git, machine: Machine): PlanPorts {
  const mirrors = config.actions.mirrors.map((path) => resolve(folder, path));
  const files = new Files(root, git, new Mirror(git, mirrors, ''));
  const { allow, jobs } = config.network;
  const workflowIn = once(readWorkflow);
  const actionIn = once(readAction);
  return {
    machine,
    network: (job, file) => {
      const own = [...(jobs[job] ?? []), ...(jobs[`${file.slice(file.lastIndexOf('/') + 1)}/${job}`] ?? [])];
      return [...new Set([...allow, ...own])].toSorted();
    },
    workflow: async (reference, origin) => {
      const from = reference.kind === 'local' ? origin : { repository: reference.repository, commit: reference.ref };
      const file = await files.first(from, [reference.path]);
      return file.found ? { ...file, value: workflowIn(file.value) } : { ...file, code: named('workflow', file.code) };
    },
    action: async (reference, origin) => {
      if (reference.kind !== 'local' && reference.kind !== 'remote') throw new Error('only these have files');
      const from = reference.kind === 'local' ? origin : { repository: reference.repository, commit: reference.ref };
      const folderOf = reference.path === '' || reference.path === '.' ? '' : `${reference.path}/`;
      const file = await files.first(from, [`${folderOf}action.yml`, `${folderOf}action.yaml`]);
      if (file.found) return { ...file, value: actionIn(file.value) };
      if (file.code === 'file-missing' && (await files.first(from, [`${folderOf}Dockerfile`])).found) return DOCKERFILE;
      return { ...file, code: named('action', file.code) };
    },
  };
}

/** The same text is read once, however many steps ask for it. */
function once<T>(read: (source: SourceText) => T): (source: SourceText) => T {
  const known = new Map<SourceText, T>();
  return (source) => {
    const value = known.get(source) ?? read(source);
    known.set(source, value);
    return value;
  };
}

const named = (what: string, code: string): string => code.replace(/^file/, what);

const DOCKERFILE: Lookup<never> = {
  found: false,
  code: 'container-unavailable',
  reason: 'this action is built from its Dockerfile, and has no action.yml',
  hint: 'Images are not built here.',
};

interface SourceText {
  readonly file: string;
  readonly content: Uint8Array;
}

/** More files than this are not looked for: each may cost a start of git. */
const MOST_FILES = 2_000;
const TOO_MANY: Promise<Lookup<SourceText>> = Promise.resolve({
  found: false,
  code: 'file-missing',
  reason: `more than ${MOST_FILES} files are asked for; this one was not looked for`,
  hint: 'Plan the workflows one by one.',
});

/** Files of the workspace, and of commits of mirrors; each is looked for once. */
class Files {
  readonly #root: string;
  readonly #git: Git;
  readonly #mirror: Mirror;
  readonly #known = new Map<string, Promise<Lookup<SourceText>>>();

  constructor(root: string, git: Git, mirror: Mirror) {
    this.#root = root;
    this.#git = git;
    this.#mirror = mirror;
  }

  /** The first of the paths that is there. */
  first(origin: Origin, paths: readonly string[]): Promise<Lookup<SourceText>> {
    const key = JSON.stringify([origin, paths]);
    const known = this.#known.get(key) ?? (this.#known.size < MOST_FILES ? this.#find(origin, paths) : TOO_MANY);
    this.#known.set(key, known);
    return known;
  }

  async #find(origin: Origin, paths: readonly string[]): Promise<Lookup<SourceText>> {
    const { repository, commit } = origin;
    if (repository === undefined || commit === undefined) return this.#inWorkspace(paths);
    const folder = this.#mirror.find(repository);
    if (folder === undefined) {
      const hint =
        'Nothing is downloaded. Put a git mirror of it into a folder that `actions.mirrors` of sluice.yaml names.';
      return { found: false, code: 'file-not-mirrored', reason: `there is no mirror of ${repository}`, hint };
    }
    for (const path of paths) {
      const content = await this.#blob(folder, `${commit}:${path}`);
      if (content !== undefined) return { found: true, value: { file: `${repository}/${path}`, content }, origin };
    }
    const reason = `the mirror of ${repository} does not have ${paths.join(' or ')} at that commit`;
    return {
      found: false,
      code: 'file-missing',
      reason,
      hint: 'Update the mirror, or correct the path or the commit.',
    };
  }

  #inWorkspace(paths: readonly string[]): Lookup<SourceText> {
    for (const file of paths) {
      const content = readInside(this.#root, file, MAX_BYTES);
      if (content !== undefined) return { found: true, value: { file, content }, origin: {} };
    }
    const reason = `there is no ${paths.join(' or ')} in the repository`;
    return {
      found: false,
      code: 'file-missing',
      reason,
      hint: 'A step before it may bring it; else correct the path.',
    };
  }

  async #blob(cwd: string, name: string): Promise<Buffer | undefined> {
    try {
      return await this.#git.run(['cat-file', 'blob', name], { cwd, maxBytes: MAX_BYTES });
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'git-failed') return undefined;
      throw error;
    }
  }
}
