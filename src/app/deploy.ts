import { join } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { serveControl } from '#adapters/deploy/control.ts';
import { RunningFront } from '#adapters/deploy/front.ts';
import { SluiceError } from '#core/error.ts';
import { Refusal } from '#core/refusal.ts';
import { type DeployOutcome, deploy, handOver, rollBack } from '#deploy/deploy.ts';
import { type Drift, findDrift, type Signed } from '#deploy/drift.ts';
import { liveRelease, releaseFolder, switchTo } from '#deploy/releases.ts';
import { type DeploymentRecord, parseState } from '#deploy/state.ts';
import { readBundle } from '#evidence/bundle.ts';
import { type Entry, parseEntry } from '#evidence/ledger/entry.ts';
import { readLedger } from '#evidence/ledger/read.ts';
import { deploymentStatement } from '#evidence/statements/deployment.ts';
import { PREDICATE } from '#evidence/statements/predicate-types.ts';
import { verifyBundle } from '#evidence/verify.ts';
import { loadConfiguration } from './configuration.ts';
import { findEnvironment, healthCheck, type OpenEnvironment, openEnvironment } from './environments.ts';
import { ledgerFolder, userFolder } from './home.ts';
import { ledgerKeys, openNotary } from './notary.ts';
import { ownKeys, ownMemory } from './own-evidence.ts';
import { trustOf } from './trust.ts';
import { onDisk } from './written.ts';

export interface DeployRequest {
  readonly environment: string;
  /** A file, a folder, an image layout, `sha256:…`; absent for a rollback. */
  readonly artifact?: string;
  readonly dryRun?: boolean;
  readonly rollback?: boolean;
  readonly config?: string;
}

/** Deploys or goes back, and records in the ledger what happened, also of a deployment before that was killed. */
export async function deployTo(request: DeployRequest): Promise<DeployOutcome> {
  const open = findEnvironment(request.environment, request.config);
  return await onDisk(open.root, async () => await deployInto(open, request));
}

async function deployInto(open: OpenEnvironment, request: DeployRequest): Promise<DeployOutcome> {
  const environment = openEnvironment(open);
  const hand = async (): Promise<void> => await handOver(environment, async (records) => await record(open, records));
  if (request.dryRun !== true) await hand();
  const outcome =
    request.rollback === true
      ? await rollBack(environment)
      : await deploy(environment, named(request), request.dryRun === true);
  if (request.dryRun !== true) await hand();
  return outcome;
}

function named({ artifact }: DeployRequest): string {
  if (artifact !== undefined) return artifact;
  const hint = 'Give a file, a folder or a digest, or --rollback.';
  throw new SluiceError('artifact-missing', 'what to deploy is not said', { hint });
}

async function record({ repository }: OpenEnvironment, records: readonly DeploymentRecord[]): Promise<void> {
  const notary = await openNotary(repository, { clock: systemClock });
  for (const { artifact, ...predicate } of records) {
    const subject = [{ name: artifact.name, digest: artifact.digest }];
    try {
      await notary.record([deploymentStatement(subject, predicate)]);
    } catch (error) {
      // Killed after it was recorded and before that was noted.
      if (!(error instanceof Refusal) || error.code !== 'statement-replayed') throw error;
    }
  }
}

/** What an environment is, and what is live in it. */
export interface EnvironmentSummary {
  readonly name: string;
  readonly kind: string;
  readonly live?: { readonly release: string; readonly artifact: string; readonly since: string };
}

export function listEnvironments(file: string | undefined): EnvironmentSummary[] {
  const { environments } = loadConfiguration('.', file).config;
  return Object.keys(environments)
    .sort()
    .map((name) => {
      const open = findEnvironment(name, file);
      const { state } = openEnvironment(open);
      const live = liveRelease(open.root);
      const release = parseState(state.read(), state.path).releases.find((each) => each.name === live);
      const summary = { name, kind: open.config.kind };
      if (live === undefined) return summary;
      return {
        ...summary,
        live: { release: live, artifact: release?.artifact.name ?? '', since: release?.installedOn ?? '' },
      };
    });
}

/** Compares what is live with the last deployment that was signed by somebody who is trusted. */
export async function driftOf(name: string, file: string | undefined): Promise<Drift> {
  const open = findEnvironment(name, file);
  const environment = openEnvironment(open);
  await handOver(environment, async (records) => await record(open, records));
  return await environment.exclusively(
    async () => await findDrift(open.root, lastSigned(open), environment.activation.inspect),
  );
}

/** @throws Refusal `ledger-…` for a ledger that is not what was signed */
function lastSigned({ repository, name }: OpenEnvironment): Signed | undefined {
  const home = userFolder();
  const trust = trustOf(home);
  let last: Signed | undefined;
  const needle = Buffer.from(`"${PREDICATE.deployment}"`);
  const options = { keys: ledgerKeys(ownKeys(home)), memory: ownMemory(home) };
  readLedgerIfThere(ledgerFolder(repository), options, (line) => {
    if (line.includes(needle)) last = signedIn(parseEntry(Buffer.from(line)), trust, name) ?? last;
  });
  return last;
}

function readLedgerIfThere(
  folder: string,
  options: Parameters<typeof readLedger>[1],
  see: (line: Buffer) => void,
): void {
  try {
    readLedger(folder, options, (_, line) => see(line));
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'ledger-not-found') throw error;
  }
}

function signedIn(entry: Entry, trust: ReturnType<typeof trustOf>, name: string): Signed | undefined {
  try {
    const { statement } = verifyBundle(readBundle(entry.bundle), trust, { time: new Date(entry.at) });
    const { environment, action, release, content } = statement?.predicate ?? {};
    const isLive = statement?.predicateType === PREDICATE.deployment && environment === name && action !== 'failed';
    return isLive && typeof release === 'string' && typeof content === 'string' ? { release, content } : undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Runs the front of an environment until the signal: for systemd, or started by the first deployment. */
export async function runFront(name: string, file: string | undefined, ended: Promise<void>): Promise<void> {
  const { config, root, own } = findEnvironment(name, file);
  if (config.kind !== 'process') throw new SluiceError('front-unknown', `${name} is no environment of processes`);
  const { health } = config;
  const front = await RunningFront.start({
    port: config.port,
    drainMs: config.drain * 1_000,
    command: config.command,
    variables: config.variables,
    health: health === undefined ? undefined : (port, folder) => healthCheck(health, port, folder),
    log: join(own, 'releases.log'),
    leftovers: join(own, 'processes.json'),
    folderOf: (release) => releaseFolder(root, release),
    live: () => liveRelease(root),
    switchTo: (release) => switchTo(root, release),
  });
  const control = await serveControl(front, join(own, 'front.json'));
  await ended;
  control.close();
  await front.close();
}
