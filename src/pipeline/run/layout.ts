import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount, SandboxDriver } from '#core/sandbox.ts';

/** A folder or file of a job: where it lies on the host, and where the job sees it. */
export interface Place {
  readonly host: string;
  readonly inside: string;
}

/**
 * The places of a job. In a sandbox they have the same names everywhere; on the bare machine (`none`) nothing is mounted,
 * and the job sees what the host sees.
 */
export interface Layout {
  readonly workspace: Place;
  readonly home: Place;
  readonly temp: Place;
  readonly event: Place;
  readonly commands: Place;
  readonly scripts: Place;
  readonly staging: Place;
  readonly node: Place;
  readonly toolCache: string;
  readonly bare: boolean;
  /** Where an action is seen whose files lie in this folder of the host. */
  readonly action: (name: string, host: string) => Place;
}

/** Makes the folders of a job below `folder`. `node` is the program that runs JavaScript actions. */
export function createLayout(driver: SandboxDriver['name'], folder: string, node: string): Layout {
  const bare = driver === 'none';
  const place = (name: string, inside: string): Place => {
    const host = join(folder, name);
    return { host, inside: bare ? host : inside };
  };
  const layout: Layout = {
    workspace: place('workspace', '/workspace'),
    home: place('home', '/home/runner'),
    temp: place('temp', '/tmp/runner'),
    event: place('event.json', '/runner/event.json'),
    commands: place('commands', '/runner/commands'),
    scripts: place('scripts', '/runner/scripts'),
    staging: place('staging', '/runner/staging'),
    node: { host: node, inside: bare ? node : '/runner/node/bin/node' },
    toolCache: '/opt/toolcache',
    bare,
    action: (name, host) => ({ host, inside: bare ? host : `/actions/${name}` }),
  };
  for (const { host } of [layout.workspace, layout.home, layout.temp])
    mkdirSync(host, { recursive: true, mode: 0o777 });
  for (const { host } of [layout.commands, layout.scripts, layout.staging])
    mkdirSync(host, { recursive: true, mode: 0o755 });
  return layout;
}

/** A place as the sandbox is told it; none on the bare machine. */
export const mounted = ({ host, inside }: Place, access: Mount['access']): Mount[] =>
  host === inside ? [] : [{ from: host, to: inside, access }];
