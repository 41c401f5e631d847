import { type DeployRequest, deployTo, driftOf, listEnvironments, runFront } from '#app/deploy.ts';
import { EXIT } from '#core/verdict.ts';
import { print } from '../output.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly rollback?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

const EXIT_FAILED = 1;

/** Exit code 0 where it is live (or would be), 1 where the gate refused it or it did not work, 3 where the gate cannot tell. */
export async function deploy(environment: string, artifact: string | undefined, options: Options): Promise<number> {
  const { json: isJson, ...rest } = options;
  const request: DeployRequest = { environment, ...rest, ...(artifact === undefined ? {} : { artifact }) };
  const outcome = await deployTo(request);
  if (isJson === true) await print(json({ environment, ...outcome }));
  else await print(textOf(environment, outcome));
  if (outcome.action === 'refused') return EXIT[outcome.verdict?.outcome ?? 'refused'];
  return outcome.action === 'failed' ? EXIT_FAILED : 0;
}

function textOf(environment: string, outcome: Awaited<ReturnType<typeof deployTo>>): string {
  const { action, artifact, verdict, reason, replaced } = outcome;
  const [[algorithm = '', value = ''] = []] = Object.entries(artifact.digest);
  const what = `${artifact.name} (${algorithm}:${value.slice(0, 12)})`;
  if (action === 'refused') {
    const reasons = (verdict?.reasons ?? []).map((each) => `  ${each.rule}: ${each.message}\n`);
    return `${environment} does not take ${what}:\n${reasons.join('')}`;
  }
  if (action === 'failed')
    return `${what} did not work in ${environment}: ${reason}\n  What was live before is live again.\n`;
  if (action === 'would-deploy') return `${environment} would take ${what}.\n`;
  if (action === 'unchanged') return `${what} is live in ${environment} already.\n`;
  const instead = replaced === undefined ? '' : `, instead of ${short(replaced)}`;
  return `${what} is live in ${environment}${action === 'rolled-back' ? ' again' : ''}${instead}.\n`;
}

const short = (release: string): string => release.replace(/^(\w+)-([0-9a-f]{12})[0-9a-f]*/, '$1:$2');

/** Exit code 1 where what runs is not what was signed. */
export async function drift(environment: string, options: Options): Promise<number> {
  const found = await driftOf(environment, options.config);
  if (options.json === true) await print(json({ environment, ...found }));
  else await print(driftText(environment, found));
  return found.status === 'none' || found.status === 'empty' ? 0 : EXIT_FAILED;
}

function driftText(environment: string, found: Awaited<ReturnType<typeof driftOf>>): string {
  if (found.status === 'empty') return `Nothing is deployed to ${environment}.\n`;
  if (found.status === 'none') return `${environment} runs what was signed: ${short(found.release)}.\n`;
  if (found.status === 'unsigned')
    return `${environment} runs ${short(found.live)}, which no trusted statement speaks of.\n`;
  if (found.status === 'other-release') {
    const live = found.live === undefined ? 'nothing' : short(found.live);
    return `${environment} runs ${live}; signed was ${short(found.signed)}.\n`;
  }
  if (found.status === 'not-running') return `${environment} does not run ${short(found.release)}: ${found.reason}.\n`;
  const head = `${environment} runs ${short(found.release)}, but not as it was signed:\n`;
  if (found.difference === undefined) return `${head}  the list of its files was changed too\n`;
  const lines = Object.entries(found.difference).flatMap(([kind, paths]) =>
    (paths as readonly string[]).map((path) => `  ${kind.padEnd(8)} ${path.replaceAll(/\p{Cc}/gu, '?')}\n`),
  );
  return head + lines.join('');
}

export async function environments(options: Options): Promise<number> {
  const all = listEnvironments(options.config);
  if (options.json === true) await print(json(all));
  else if (all.length === 0) await print('There are no environments in sluice.yaml.\n');
  else {
    const width = Math.max(...all.map(({ name }) => name.length));
    const lines = all.map(({ name, kind, live }) => {
      const what =
        live === undefined ? 'nothing is live' : `${live.artifact} (${short(live.release)}) since ${live.since}`;
      return `${name.padEnd(width)}  ${kind.padEnd(10)}  ${what}\n`;
    });
    await print(lines.join(''));
  }
  return 0;
}

/** Runs until it is asked to end. */
export async function front(environment: string, options: Options): Promise<number> {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await runFront(environment, options.config, ended);
  return 0;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
