import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkPolicy, Sandbox } from '#core/sandbox.ts';
import type { Masker } from '../mask/masker.ts';
import { objectionToArchive } from '../service/archive-secrets.ts';
import { createJobService, type JobService } from '../service/job-service.ts';
import type { JobNotes } from './job-report.ts';
import { createLayout, type Layout, mounted } from './layout.ts';
import type { RunSetting } from './setting.ts';

/** The port of the sandbox's own loopback at which a job finds its service for artifacts and caches. */
const SERVICE_PORT = 41_595;

/** What a job runs in: fresh folders, a service of its own, and a sandbox around both. */
export interface JobRoom {
  readonly layout: Layout;
  readonly sandbox: Sandbox;
  /** Variables for actions: how to reach the service. None on the bare machine, which has no loopback of its own. */
  readonly runtime: Readonly<Record<string, string>>;
  /** Another sandbox with the same folders, whose system is an image: for an action that is one. The caller closes it. */
  readonly container: (root: string) => Promise<Sandbox>;
  /** Ends whatever still runs, and removes the folders. */
  close(): Promise<void>;
}

/**
 * Opens the room of a job. `number` tells the rooms of a run apart. What the sandbox cannot guarantee becomes problems of
 * the job.
 */
export async function openRoom(
  setting: RunSetting,
  key: string,
  number: number,
  network: NetworkPolicy,
  notes: JobNotes,
  masker: Masker,
  root?: string,
): Promise<JobRoom> {
  const folder = join(setting.folder.path, 'work', String(number));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const layout = createLayout(setting.driver.name, folder, setting.node);
  writeFileSync(layout.event.host, JSON.stringify(setting.event.payload));
  for (const { host } of [layout.workspace, layout.home, layout.temp]) chmodSync(host, 0o777);
  const port = SERVICE_PORT;
  const socket = join(setting.sockets, String(number));
  const service = serviceOf(setting, key, join(folder, 'uploads'), port, masker);
  const host = await setting.services.listen(socket, service.handle);
  const close = async (): Promise<void> => {
    await host.close();
    service.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const open = (system?: string): Promise<Sandbox> =>
      openSandbox(setting, key, layout, network, { port, socket }, notes, system);
    const sandbox = await open(root);
    return {
      layout,
      sandbox,
      runtime: layout.bare ? {} : runtimeOf(service, port),
      container: open,
      close: () => closeBoth(sandbox, close),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeBoth(sandbox: Sandbox, close: () => Promise<void>): Promise<void> {
  try {
    await sandbox.close();
  } finally {
    await close();
  }
}

function serviceOf(setting: RunSetting, job: string, staging: string, port: number, masker: Masker): JobService {
  const { artifacts, caches, identity, now } = setting;
  const run = String(identity.id);
  const objection = (archive: string) => objectionToArchive(masker, archive);
  const isSecret = (name: string): boolean => masker.mask(name) !== name;
  const origin = `http://127.0.0.1:${port}`;
  return createJobService({ artifacts, caches, staging, run, job, origin, now, objection, isSecret });
}

async function openSandbox(
  setting: RunSetting,
  key: string,
  layout: Layout,
  network: NetworkPolicy,
  service: { readonly port: number; readonly socket: string },
  notes: JobNotes,
  root: string | undefined,
): Promise<Sandbox> {
  const sandbox = await setting.driver.open({
    name:
      key
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '')
        .slice(0, 40) || 'job',
    mounts: [
      ...mounted(layout.workspace, 'write'),
      ...mounted(layout.home, 'write'),
      ...mounted(layout.temp, 'write'),
      ...mounted(layout.event, 'read'),
      ...mounted(layout.node, 'read'),
      ...(layout.bare ? [] : setting.mounts),
    ],
    ...(root === undefined ? {} : { root }),
    limits: setting.limits,
    network,
    services: [service],
    trace: setting.trace,
    onEvent: (event) => notes.see(event),
  });
  for (const problem of sandbox.problems) notes.problem(problem);
  return sandbox;
}

/** As the toolkit asks for it; scripts do not get these. */
const runtimeOf = ({ token }: JobService, port: number): Record<string, string> => ({
  ACTIONS_RUNTIME_URL: `http://127.0.0.1:${port}/`,
  ACTIONS_RESULTS_URL: `http://127.0.0.1:${port}/`,
  ACTIONS_RUNTIME_TOKEN: token,
  ACTIONS_CACHE_SERVICE_V2: 'True',
});
