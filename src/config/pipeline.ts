import { z } from 'zod';

/** The keys of `sluice.yaml` that say how workflows run: what a job may reach, where actions lie, how much a job may use. */

const UNITS: Readonly<Record<string, number>> = { MB: 1e6, MiB: 2 ** 20, GB: 1e9, GiB: 2 ** 30 };
const MEMORY = /^(\d{1,6}(?:\.\d{1,3})?)\s?(MB|MiB|GB|GiB)$/;

const memory = z
  .string()
  .regex(MEMORY, 'a size such as 4GiB or 500MB')
  .transform((text) => {
    const [, amount = '0', unit = 'MB'] = MEMORY.exec(text) ?? [];
    return Math.round(Number(amount) * (UNITS[unit] ?? 1));
  });

const HOST = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,62}\.)?){1,20}(?::\d{1,5})?$|^\[[0-9a-f:.]{2,45}\](?::\d{1,5})?$/i;
const host = z
  .string()
  .max(260)
  .refine((text) => HOST.test(text), '`host`, `host:port` or `*.domain`');
const hosts = z.array(host).max(500);
const path = z.string().min(1).max(1_000);

/** What jobs may reach. */
export const network = z
  .strictObject({
    allow: hosts.default([]).describe('Hosts that every job may reach.'),
    jobs: z
      .record(z.string().min(1).max(200), hosts)
      .default({})
      .describe('Hosts by job: the id of a job, or `workflow-file.yml/job` for one of that workflow alone.'),
  })
  .describe('What jobs of workflows may reach: closed but for these hosts. A host without a port means 443 and 80.');

const toolchain = z.strictObject({
  tool: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'such as node, python, go or java')
    .describe('Its name.'),
  version: z
    .string()
    .regex(/^\d{1,6}(?:\.\d{1,6}){0,3}$/, 'such as 3.12.1')
    .describe('Its whole version.'),
  folder: path.describe('Where it is installed; its programs lie in it or in its `bin`.'),
});

/** Where actions and tools come from. */
export const actions = z
  .strictObject({
    mirrors: z
      .array(path)
      .max(20)
      .default([])
      .describe('Folders of git mirrors, each `OWNER/NAME.git`: where actions and other repositories come from.'),
    toolchains: z
      .array(toolchain)
      .max(100)
      .default([])
      .describe('Installed tools for `actions/setup-…`, beside those found on this machine.'),
    images: z
      .record(z.string().min(1).max(300), path)
      .default({})
      .describe(
        'Images by name, each an OCI layout, an archive (`oci-archive`, `docker-archive`) or a folder with its root: for `container:` and for actions that are images.',
      ),
  })
  .describe('Where the actions and tools of workflows come from. Nothing is downloaded.');

const server = z.url({ protocol: /^https?$/ }).max(300);

/** How jobs run. */
export const run = z
  .strictObject({
    memory: memory.default(4 * 2 ** 30).describe('Memory of one job.'),
    processes: z.int().min(16).max(100_000).default(2_048).describe('Processes and threads of one job.'),
    cpus: z.number().min(0.1).max(1_024).optional().describe('Processors of one job; all of them when left out.'),
    parallel: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('Jobs at a time; as many as there are processors when left out.'),
    sandbox: z
      .enum(['bubblewrap', 'unshare'])
      .optional()
      .describe('What isolates jobs; what this machine has, bubblewrap first, when left out.'),
    log: memory
      .default(64 * 2 ** 20)
      .describe('What is kept of the output of one step: its head, and of its end at most a mebibyte.'),
    trace: z.boolean().default(true).describe('Whether started processes and direct connections are recorded.'),
    keep: z.int().min(1).max(10_000).default(30).describe('Runs whose logs and artifacts are kept.'),
    repository: z
      .string()
      .regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, 'OWNER/NAME')
      .optional()
      .describe('What `github.repository` says; taken from the remote `origin` when left out.'),
    server: server.default('http://sluice.localhost').describe('What `github.server_url` says.'),
    variables: z
      .record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), z.string().max(48_000))
      .default({})
      .describe('The `vars` context.'),
  })
  .describe('How `sluice run` runs jobs.');
