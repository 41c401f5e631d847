import type { SandboxCommand } from '#core/sandbox.ts';
import type { Way } from './entrance.ts';
import type { StateFolder } from './state-folder.ts';
import type { Bind, ViewEntry } from './view.ts';

/**
 * What differs between drivers that are made of namespaces: the programs that make those of the job, and those of a step in
 * them.
 */
export interface Maker {
  readonly name: 'bubblewrap' | 'unshare';
  readonly version: string;
  /**
   * Runs what is appended as user 0 of a new user namespace, with a new network whose loopback is up, a new process namespace,
   * and mounts of its own, where the ground is mounted below `root`.
   */
  holder(state: Pick<StateFolder, 'root' | 'processes'>, ground: readonly Bind[]): readonly [string, ...string[]];
  /** Whether its steps can be traced. */
  readonly traces: boolean;
  /** Enters the holder's namespaces and runs there. The descriptors count from 4 in the order that `give` is called. */
  step(request: StepRequest): readonly [string, ...string[]];
}

export interface StepRequest {
  readonly view: readonly ViewEntry[];
  readonly command: SandboxCommand;
  readonly env: Readonly<Record<string, string>>;
  /** Makes a descriptor from which the bytes can be read, and gives its number in the process started. */
  readonly give: (bytes: Uint8Array) => number;
  /** Made once what the step needs else has been given: a trace comes after it. */
  readonly way: () => Way;
  readonly filter: Uint8Array;
  /** Where the holder has mounted the ground. */
  readonly root: string;
}
