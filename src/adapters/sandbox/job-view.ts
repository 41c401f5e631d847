import type { Mount, SandboxCommand, SandboxSpec } from '#core/sandbox.ts';
import { jobMounts, makeMountPoint, stepMounts } from './mounts.ts';
import { type StateFolder, USER } from './state-folder.ts';
import { hostSystem, imageSystem, kernelSystem, type ViewEntry, withParents } from './view.ts';

/** What the steps of a job see. */
export interface JobView {
  /** The job's own mounts, home and /tmp among them. */
  readonly mounts: readonly Mount[];
  /** For one command, with its mounts over the others. Checked anew each time: code of the job may have run since. */
  forCommand(command: SandboxCommand): ViewEntry[];
}

export function jobView(spec: SandboxSpec, state: StateFolder): JobView {
  const own: Mount[] = [
    { from: state.temp, to: '/tmp', access: 'write' },
    { from: state.home, to: USER.home, access: 'write' },
  ];
  const given = jobMounts(spec.mounts);
  const mounts = [...own.filter(({ to }) => !given.some((mount) => mount.to === to)), ...given];
  const root: Mount[] = spec.root === undefined ? [] : jobMounts([{ from: spec.root, to: '/root', access: 'read' }]);
  const ground = root.map((mount): Mount => ({ ...mount, to: '/' }));
  const image = ground[0]?.from;
  if (image !== undefined) {
    for (const to of ['/proc', '/dev']) makeMountPoint({ from: '/', to, access: 'read' }, ground);
  }
  const system = image === undefined ? hostSystem(state.etc) : imageSystem(image, state.etc);
  const before = [...system, ...kernelSystem()];
  return {
    mounts,
    forCommand: (command) => {
      const all = [...mounts, ...stepMounts(command.mounts ?? [], mounts)];
      for (const [index, mount] of all.entries()) makeMountPoint(mount, [...ground, ...all.slice(0, index)]);
      return withParents([...before, ...all.map((mount): ViewEntry => ({ kind: 'bind', ...mount }))]);
    },
  };
}
