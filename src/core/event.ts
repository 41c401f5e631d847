import type { MaskedText } from './secret.ts';

/**
 * Something seen while a job ran: what it tried to reach, what it started, what it changed. Events describe; whether one
 * is wrong is for a policy to say. Texts that a job chose (hosts, programs, paths) are masked before they come here.
 */
export type RunEvent = ConnectionEvent | ProcessEvent | FileEvent | ResourceEvent;

interface Seen {
  /** Milliseconds since the sandbox opened, from a clock that never jumps. */
  readonly atMs: number;
  /** Who did it: the id of the step, or `job` where it cannot be told. */
  readonly step: string;
}

export interface ConnectionEvent extends Seen {
  readonly kind: 'connection';
  /** How it was tried: through the proxy, by a socket of its own, or by asking for a name. */
  readonly via: 'proxy' | 'socket' | 'dns';
  readonly host: MaskedText;
  readonly port?: number;
  readonly allowed: boolean;
  /** Why not, when it was not allowed: `not-listed`, `private-address`, `metadata-address`, `no-route`, `name-mismatch`. */
  readonly reason?: string;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
}

export interface ProcessEvent extends Seen {
  readonly kind: 'process';
  /** The path of the program, without its arguments: those may hold secrets. */
  readonly program: MaskedText;
}

export interface FileEvent extends Seen {
  readonly kind: 'file';
  /** A change, tried or made, outside the workspace. */
  readonly path: MaskedText;
  readonly allowed: boolean;
}

export interface ResourceEvent extends Seen {
  readonly kind: 'resource';
  /** The bound that was met: `memory`, `processes`, `output`, `time`. */
  readonly limit: string;
}
