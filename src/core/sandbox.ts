import type { RunEvent } from './event.ts';
import type { Problem } from './problem.ts';
import type { MaskedText } from './secret.ts';

/**
 * Where untrusted code runs. One sandbox is one job: fresh namespaces, a read-only system, an environment that holds only
 * what is handed in, no network but what its policy allows, and everything ended when it closes. Each command is a step.
 *
 * Two steps of one job share files and the loopback network, but never process lists: a program that a step leaves
 * behind goes on running and cannot see, signal or trace the steps after it.
 */
export interface Sandbox {
  /**
   * Runs one command to its end. Resolves however the command ended; rejects only for a defect or when the sandbox
   * itself could not be made.
   */
  run(command: SandboxCommand): Promise<SandboxExit>;
  /** Ends every process that is left, and releases all that the sandbox held. Safe to call twice. */
  close(): Promise<void>;
  /** What this sandbox could not guarantee on this machine: no cgroup to write, no tracer. Never empty silence. */
  readonly problems: readonly Problem[];
}

export interface SandboxDriver {
  /** Goes into the provenance. `none` runs on the bare machine, and only where a person said so. */
  readonly name: 'bubblewrap' | 'unshare' | 'none';
  readonly version: string;
  open(spec: SandboxSpec): Promise<Sandbox>;
}

/** A folder or file of the host, and where the sandbox sees it. Symbolic links are never followed out of it. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly access: 'read' | 'write';
}

export interface SandboxSpec {
  /** The job, for names of cgroups and for events. Lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Beside the system. Later ones cover earlier ones. */
  readonly mounts: readonly Mount[];
  /** A folder that holds an unpacked image, to be the system instead of the host's. Absent: the host's `/usr` and what it needs, read-only. */
  readonly root?: string;
  readonly limits: SandboxLimits;
  readonly network: NetworkPolicy;
  /** TCP ports on the loopback of the sandbox that lead to Unix sockets of the host: the services for artifacts and caches. */
  readonly services: readonly SandboxService[];
  readonly onEvent: (event: RunEvent) => void;
  /** Masks what a job chose (hosts, programs, paths) before it goes into an event. Absent: the job holds no secret. */
  readonly mask?: (text: string) => MaskedText;
  /** Whether started processes and direct connections are traced; costs time in steps that start many processes. */
  readonly trace: boolean;
}

export interface SandboxLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  /** Processors, as a fraction: 1.5 is one and a half. */
  readonly cpus: number;
}

export interface SandboxService {
  readonly port: number;
  readonly socket: string;
}

/** What a job may reach. Whatever the mode: private, link-local and metadata addresses are refused unless a rule names their address. */
export interface NetworkPolicy {
  /** `learn` lets every public host through and reports it, so that a list can be written from what was seen. */
  readonly mode: 'closed' | 'allow' | 'learn';
  /** `host`, `host:port`, `*.domain` (subdomains, not the domain). Without a port: 443 and 80. */
  readonly allow: readonly string[];
}

export interface SandboxCommand {
  /** The id of the step, for events. */
  readonly step: string;
  readonly argv: readonly [string, ...string[]];
  /** The whole environment: nothing of the host's is added but what the proxy needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, inside the sandbox. */
  readonly cwd: string;
  /** For this command alone; the next one does not see them. */
  readonly mounts?: readonly Mount[];
  readonly stdin?: Uint8Array;
  /** In the order of arrival. The command is held up while a returned promise is pending, so that a flood fits in memory. */
  readonly onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void | Promise<void>;
  readonly timeoutMs: number;
  /** Cancels: the command is asked to end (SIGINT, after 7.5 s SIGTERM), and after 2.5 s more it is killed. */
  readonly signal?: AbortSignal;
}

export interface SandboxExit {
  /** 128 + n when a signal ended it, as a shell says it. */
  readonly code: number;
  /** Why it ended, where that was not its own doing. */
  readonly ended: 'itself' | 'timeout' | 'cancelled' | 'memory';
}
