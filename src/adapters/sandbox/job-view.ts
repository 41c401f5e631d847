import { chmodSync } from 'node:fs';
import type { Mount, SandboxCommand, SandboxSpec } from '#core/sandbox.ts';
import { hostGround, imageGround } from './ground.ts';
import { jobMounts, makeMountPoint, stepMounts } from './mounts.ts';
import { type StateFolder, USER } from './state-folder.ts';
import { type Bind, kernelSystem, type ViewEntry } from './view.ts';

/** What the steps of a job see. */
export interface JobView {
  /** Mounted once, below {@link StateFolder.root}, before any code of the job runs. */
  readonly ground: readonly Bind[];
  /** The job's own mounts among them, home and /tmp included. */
  readonly mounts: readonly Mount[];
  /** What comes on top for one command. Its mounts are checked anew each time: code of the job may have run since. */
  forCommand(command: SandboxCommand): ViewEntry[];
}

export function jobView(spec: SandboxSpec, state: StateFolder): JobView {
  const own: Mount[] = [
    { from: state.temp, to: '/tmp', access: 'write' },
    { from: state.home, to: USER.home, access: 'write' },
  ];
  const given = jobMounts(spec.mounts);
  const mounts = [...own.filter(({ to }) => !given.some((mount) => mount.to === to)), ...given];
  // The ground below the mounts: the image's folder, or ours, which is where their mount points are made.
  const image =
    spec.root === undefined ? undefined : jobMounts([{ from: spec.root, to: '/root', access: 'read' }])[0]?.from;
  const system = image === undefined ? hostGround(state.root) : imageGround(image, state.etc);
  const base: Mount = { from: image ?? state.root, to: '/', access: 'read' };
  for (const to of ['/proc', '/dev']) makeMountPoint({ from: '/', to, access: 'read' }, [base]);
  for (const [index, mount] of mounts.entries()) makeMountPoint(mount, [base, ...mounts.slice(0, index)]);
  chmodSync(state.root, 0o755);
  const kernel = kernelSystem();
  return {
    ground: [...(image === undefined ? [base] : []), ...system, ...mounts],
    mounts,
    forCommand: (command) => {
      const ours = stepMounts(command.mounts ?? [], mounts);
      for (const [index, mount] of ours.entries()) makeMountPoint(mount, [base, ...mounts, ...ours.slice(0, index)]);
      return [...kernel, ...ours.map((mount): ViewEntry => ({ kind: 'bind', ...mount }))];
    },
  };
}
