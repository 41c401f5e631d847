import { SluiceError } from '#core/error.ts';
import type { Clock } from '#core/ports.ts';
import type { DurableFile } from '#core/secret-source.ts';
import type { Digest } from '#core/statement.ts';
import type { Verdict } from '#core/verdict.ts';
import { clearStaging, inspectRelease, installRelease, liveRelease, pruneReleases, stageArtifact } from './releases.ts';
import { changeState, type DeploymentRecord, parseState, type Release } from './state.ts';
import { isSame } from './tree.ts';

/** How a release becomes the one that is used; what is different between the kinds of environments. */
export interface Activation {
  readonly kind: string;
  /**
   * Makes a release live and sees that it works. When it rejects, the release that was live before is live again.
   *
   * @throws SluiceError `release-unhealthy` for one that does not work
   */
  activate(release: string, previous: string | undefined): Promise<void>;
  /** Asks what runs; resolves to how that is not this release. Absent where the link is all that there is. */
  inspect?(release: string): Promise<string | undefined>;
}

export interface Environment {
  readonly name: string;
  /** The folder of the environment. */
  readonly root: string;
  /** Earlier releases that are kept. */
  readonly keep: number;
  readonly state: DurableFile;
  readonly activation: Activation;
  readonly clock: Clock;
  /** Does work while no other deployment to this environment is at work. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Of an image: the files that make a release of it. The image itself is where its digest finds it. Absent for a kind whose
   * release is the artifact.
   */
  readonly render?: (digest: Digest) => Readonly<Record<string, string>>;
  /** What an artifact is: asked of our own copy of it, but for an image, which the digest itself holds to. */
  digestOf(path: string): { readonly name: string; readonly digest: Digest };
  /** Whether the evidence of an artifact is enough. */
  judge(digest: Digest): Promise<Verdict>;
}

export interface DeployOutcome {
  /** `unchanged` where this release is live already. */
  readonly action: 'deployed' | 'unchanged' | 'refused' | 'failed' | 'would-deploy' | 'rolled-back';
  readonly artifact: Release['artifact'];
  readonly verdict?: Verdict;
  readonly release?: string;
  readonly replaced?: string;
  /** Why it failed. */
  readonly reason?: string;
}

/**
 * Deploys an artifact: copies it to where nobody else writes, takes the digest of the copy, asks the gate about that digest, puts
 * it beside the releases that are there, and makes it live. One that does not work is rolled back, and says so in its outcome.
 */
export async function deploy(environment: Environment, artifact: string, dryRun: boolean): Promise<DeployOutcome> {
  return await environment.exclusively(async () => {
    clearStaging(environment.root);
    const { render } = environment;
    const staged = render === undefined ? await stageArtifact(environment.root, artifact) : undefined;
    try {
      const { name, digest } = environment.digestOf(staged?.path ?? artifact);
      const subject = { name, digest };
      const verdict = await environment.judge(subject.digest);
      if (verdict.outcome !== 'pass') return { action: 'refused', artifact: subject, verdict };
      if (dryRun) return { action: 'would-deploy', artifact: subject, verdict };
      const source = staged?.path ?? render?.(subject.digest) ?? {};
      const installed = await installRelease(environment.root, source, subject.digest);
      const installedOn = environment.clock.now().toISOString();
      return {
        ...(await goLive(environment, { ...installed, artifact: subject, installedOn }, 'deployed', verdict)),
        verdict,
      };
    } finally {
      staged?.discard();
      clearStaging(environment.root);
    }
  });
}

/**
 * Makes the last release before the live one live again that is still what was put there. Its evidence was enough when it came, and is
 * not asked again: to go back must work also when that is why.
 *
 * @throws SluiceError `no-earlier-release`, `release-changed`
 */
export async function rollBack(environment: Environment): Promise<DeployOutcome> {
  return await environment.exclusively(async () => {
    const { releases } = parseState(environment.state.read(), environment.state.path);
    const live = liveRelease(environment.root);
    const earlier = releases.filter(({ name }) => name !== live).toReversed();
    if (earlier.length === 0) throw new SluiceError('no-earlier-release', `${environment.name} has no earlier release`);
    const whole = earlier.find((release) => isWhole(environment.root, release));
    if (whole === undefined) {
      const hint = 'Deploy an artifact again.';
      throw new SluiceError('release-changed', 'no earlier release is what was put there', { hint });
    }
    return await goLive(environment, whole, 'rolled-back');
  });
}

function isWhole(root: string, release: Release): boolean {
  const difference = inspectRelease(root, release);
  return difference !== undefined && isSame(difference);
}

async function goLive(
  environment: Environment,
  release: Release,
  action: 'deployed' | 'rolled-back',
  verdict?: Verdict,
): Promise<DeployOutcome> {
  const { root, state, clock, activation } = environment;
  const previous = liveRelease(root);
  if (previous === release.name) return { action: 'unchanged', artifact: release.artifact, release: release.name };
  const before = parseState(state.read(), state.path).releases.find(({ name }) => name === previous);
  const base = {
    environment: environment.name,
    kind: activation.kind,
    artifact: release.artifact,
    release: release.name,
    content: release.content,
    startedOn: clock.now().toISOString(),
    ...(before === undefined ? {} : { replaced: before.artifact.digest }),
    ...(verdict === undefined ? {} : { verdict: verdict.outcome }),
  };
  const finish = (result: Pick<DeploymentRecord, 'action' | 'reason'>): DeploymentRecord => ({
    ...base,
    ...result,
    finishedOn: clock.now().toISOString(),
  });
  // Before it goes live its record is there: after a kill in between, the next command finds out which of the two is true.
  await changeState(state, (now) => ({ ...now, unrecorded: [...now.unrecorded, finish({ action })] }));
  try {
    await activation.activate(release.name, previous);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const reason = error.message;
    await changeState(state, (now) => ({
      ...now,
      unrecorded: replaceLast(now.unrecorded, finish({ action: 'failed', reason })),
    }));
    return { action: 'failed', artifact: release.artifact, release: release.name, reason };
  }
  await settle(environment, release, finish({ action }));
  return {
    action,
    artifact: release.artifact,
    release: release.name,
    ...(previous === undefined ? {} : { replaced: previous }),
  };
}

async function settle({ root, state, keep }: Environment, release: Release, record: DeploymentRecord): Promise<void> {
  let kept: readonly Release[] = [];
  await changeState(state, (now) => {
    kept = [...now.releases.filter(({ name }) => name !== release.name), release].slice(-(keep + 1));
    return { ...now, releases: [...kept], unrecorded: replaceLast(now.unrecorded, record) };
  });
  pruneReleases(root, new Set(kept.map(({ name }) => name)));
}

const replaceLast = (records: readonly DeploymentRecord[], record: DeploymentRecord): DeploymentRecord[] => [
  ...records.slice(0, -1),
  record,
];

/**
 * Hands what is not in the ledger yet to who signs it, once, and forgets it. A record of a deployment that was killed before it
 * went live says so.
 */
export async function handOver(
  { root, state, exclusively }: Pick<Environment, 'root' | 'state' | 'exclusively'>,
  record: (records: readonly DeploymentRecord[]) => Promise<void>,
): Promise<void> {
  await exclusively(async () => {
    const { unrecorded, releases } = parseState(state.read(), state.path);
    if (unrecorded.length === 0) return;
    const known = new Set(releases.map(({ name }) => name));
    const live = liveRelease(root);
    const settled = unrecorded.map((each): DeploymentRecord => {
      const isDone = each.action === 'failed' || each.release === live || known.has(each.release);
      return isDone
        ? each
        : { ...each, action: 'failed', reason: 'The deployment was ended before the release was live.' };
    });
    await record(settled);
    const handed = unrecorded.length;
    await changeState(state, (now) => {
      const last = settled.at(-1);
      const isNew = last !== undefined && last.action !== 'failed' && last.release === live && !known.has(last.release);
      const added = isNew
        ? [{ name: last.release, artifact: last.artifact, content: last.content, installedOn: last.startedOn }]
        : [];
      return { ...now, releases: [...now.releases, ...added], unrecorded: now.unrecorded.slice(handed) };
    });
  });
}
