import type { RunEvent } from '#core/event.ts';
import type { Git } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import type { Mount, NetworkPolicy, SandboxDriver, SandboxLimits } from '#core/sandbox.ts';
import type { SecretSource } from '#core/secret-source.ts';
import type { ServiceHost } from '#core/service.ts';
import type { Scanner } from '../action/builtin/scan.ts';
import type { Toolchain } from '../action/builtin/setup.ts';
import type { JobTests } from '../action/builtin/tests.ts';
import type { Mirror } from '../action/mirror.ts';
import type { ArtifactStore, StoredArtifact } from '../service/artifact-store.ts';
import type { CacheStore } from '../service/cache-store.ts';
import type { Workflow } from '../workflow/model.ts';
import type { Changes } from './changes.ts';
import type { RunIdentity } from './contexts.ts';
import type { RunImage } from './image.ts';
import type { JobRecord, RunLogEntry } from './record.ts';
import type { RunFolder } from './store.ts';
import type { RepositoryFacts, TriggerEvent } from './trigger.ts';

/** Everything that the jobs of one run have in common; `src/app` puts it together. */
export interface RunSetting {
  readonly identity: RunIdentity;
  readonly folder: RunFolder;
  readonly driver: SandboxDriver;
  readonly services: ServiceHost;
  readonly git: Git;
  readonly now: () => Date;
  readonly repository: string;
  readonly facts: RepositoryFacts;
  readonly event: TriggerEvent;
  /** What the work tree holds that is not committed, where the run is about the work tree. */
  readonly changes: Changes | undefined;
  /** None for an untrusted run. */
  readonly secrets: SecretSource;
  /** The `vars` context. */
  readonly variables: Readonly<Record<string, string>>;
  /** Below `env` of the workflow: what a person sets for every job. */
  readonly env: Readonly<Record<string, string>>;
  readonly artifacts: ArtifactStore;
  readonly caches: CacheStore;
  readonly mirror: Mirror;
  /** An image of this name, unpacked; none where it is not here. */
  readonly images: (image: string) => Promise<RunImage | undefined>;
  readonly toolchains: (tool: string) => Promise<readonly Toolchain[]>;
  /** Folders and files that every job sees, read-only: toolchains, our program. */
  readonly mounts: readonly Mount[];
  readonly scanner: Scanner;
  /** The program that runs JavaScript actions. */
  readonly node: string;
  readonly limits: SandboxLimits;
  /** Bytes that the log of one step may have. */
  readonly logBytes: number;
  readonly trace: boolean;
  readonly network: (workflow: string, job: string) => NetworkPolicy;
  readonly parallel: number;
  /** Told everything as it happens; what steps print only where `lookOn` says that somebody looks. */
  readonly emit: (entry: RunLogEntry) => void;
  readonly lookOn: boolean;
  /** A folder with a short name, for sockets. */
  readonly sockets: string;
  /** Called once a job has ended and nothing of it runs any more. What it answers are problems of the run. */
  readonly onJobEnd: (job: FinishedJob) => Promise<readonly Problem[]>;
  /** A workflow of this repository, for jobs that are one: by its path. */
  readonly workflowAt: (path: string) => Workflow;
}

/** What there is to say about a job that has ended: what a statement about it is made of. */
export interface FinishedJob {
  readonly record: JobRecord;
  readonly workflow: Pick<Workflow, 'name' | 'file' | 'sha256'>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly matrix: Readonly<Record<string, unknown>> | undefined;
  /** Names of the variables and secrets that it was given, never their values. */
  readonly environment: readonly string[];
  readonly secrets: readonly string[];
  readonly driver: Pick<SandboxDriver, 'name' | 'version'>;
  readonly network: NetworkPolicy;
  readonly limits: SandboxLimits;
  readonly seen: readonly RunEvent[];
  /** Of this job. */
  readonly artifacts: readonly StoredArtifact[];
  /** Reports of `sluice/scan` steps. */
  readonly scans: readonly unknown[];
  /** What `sluice/tests` steps read. */
  readonly tests: readonly JobTests[];
  /** The actions that its steps used, each with its commit where it has one. */
  readonly uses: readonly string[];
  /** The images that it ran in and that have a digest. */
  readonly images: readonly { readonly name: string; readonly digest: string }[];
}
