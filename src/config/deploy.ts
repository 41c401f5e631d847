import { z } from 'zod';

/** The key of `sluice.yaml` that says where artifacts go: environments, each a target that takes only what its policy lets through. */

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens');
const path = z.string().min(1).max(1_000);
const port = z.int().min(1).max(65_535);
const seconds = (least: number, most: number) => z.number().min(least).max(most);
const command = z.array(z.string().min(1).max(10_000)).min(1).max(200);

const timing = {
  timeout: seconds(0.1, 300).default(2).describe('Seconds one attempt may take.'),
  within: seconds(0.5, 1_800).default(30).describe('Seconds until it must have succeeded.'),
};

const health = z
  .union([
    z.strictObject({
      http: z
        .string()
        .min(1)
        .max(1_000)
        .describe('A path such as `/health`, or a URL on this machine; a status of 200 to 299 is well.'),
      ...timing,
    }),
    z.strictObject({ tcp: port.describe('A port that accepts connections.'), ...timing }),
    z.strictObject({ command: command.describe('A program that exits with 0.'), ...timing }),
  ])
  .describe('How to know that a release works. One that does not is rolled back.');

const rule = z.strictObject({
  name: name.describe('Shown when it refuses.'),
  when: z.string().min(1).max(4_000).describe('CEL over `evidence`; refuses when it holds.'),
  message: z.string().max(500).optional().describe('Said to the person who is stopped.'),
});

const common = {
  rules: z.array(rule).max(100).default([]).describe('What the evidence of an artifact must not lack.'),
  keep: z.int().min(1).max(1_000).default(5).describe('Earlier releases that are kept, to go back to.'),
  health: health.optional(),
};

const folder = z.strictObject({
  kind: z.literal('folder'),
  ...common,
  folder: path.describe('Holds `releases/` and the link `current`, which is switched.'),
});

const process = z.strictObject({
  kind: z.literal('process'),
  ...common,
  folder: path.describe('Holds the releases.'),
  command: command.describe('Started in the release; it listens on the port of the variable PORT.'),
  port: port.describe('Where the front listens, which passes connections on to the live release.'),
  drain: seconds(0, 3_600)
    .default(10)
    .describe('Seconds that the old release has for the requests that it is answering.'),
  variables: z
    .record(z.string().regex(/^[A-Za-z_]\w{0,254}$/), z.string().max(10_000))
    .default({})
    .describe('Its environment.'),
});

const container = z.strictObject({
  kind: z.literal('container'),
  ...common,
  folder: path.describe('Holds the state of the environment.'),
  image: z
    .string()
    .regex(/^[\w.:/-]{1,300}$/, 'a repository without tag')
    .describe('The repository of the image; the digest is the artifact.'),
  name: name.describe('The name of the container.'),
  publish: z
    .array(z.string().regex(/^[\d.:]{1,60}$/))
    .max(50)
    .default([])
    .describe('Ports, as podman takes them.'),
});

const kubernetes = z.strictObject({
  kind: z.literal('kubernetes'),
  ...common,
  folder: path.describe('Holds the state of the environment.'),
  manifest: path.describe('Objects with `{image}` where the image by digest goes.'),
  image: z
    .string()
    .regex(/^[\w.:/-]{1,300}$/, 'a repository without tag')
    .describe('The repository of the image; the digest is the artifact.'),
  deployment: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,252}$/)
    .describe('The Deployment whose rollout is waited for.'),
  namespace: name.default('default').describe('Its namespace.'),
  context: z.string().min(1).max(300).optional().describe('The context of the configuration of kubectl.'),
});

export const environments = z
  .record(name, z.discriminatedUnion('kind', [folder, process, container, kubernetes]))
  .describe('Where artifacts are deployed to, by name.');

export type EnvironmentConfig = z.infer<typeof environments>[string];
