import { z } from 'zod';

/** The key of `sluice.yaml` that says where the secrets of the runner come from. */

const variable = z.string().regex(/^[A-Za-z_]\w{0,254}$/, 'the name of a variable');
const path = z.string().min(1).max(1_000);

const environment = z.strictObject({
  kind: z.literal('environment'),
  variables: z.array(variable).min(1).max(500).describe('The variables that are secrets. No other is handed out.'),
});

const openbao = z.strictObject({
  kind: z.literal('openbao'),
  path: path.describe(
    'Mount and path of the item, such as `secret/shop/{environment}`; `{name}` makes one of each secret.',
  ),
  field: z.string().min(1).max(200).optional().describe('The field of the item; by default the name of the secret.'),
  namespace: z.string().min(1).max(200).optional().describe('The namespace of the server.'),
});

const file = (kind: 'age' | 'sops') =>
  z.strictObject({
    kind: z.literal(kind),
    file: path.describe(
      'The encrypted file, inside the folder of this configuration; `{environment}` makes one of each.',
    ),
  });

export const vault = z
  .strictObject({
    masterKey: z
      .enum(['file', 'passphrase', 'transit'])
      .default('file')
      .describe(
        'How the master key of a new store is kept: in a file of the user, under a passphrase, or by a server.',
      ),
    transitKey: path
      .optional()
      .describe('The key of the transit engine of OpenBao or Vault that keeps master keys, such as `transit/shop`.'),
    sources: z
      .array(z.discriminatedUnion('kind', [environment, openbao, file('age'), file('sops')]))
      .max(20)
      .default([])
      .describe('Where else secrets come from; asked in this order, after the store of `sluice secret set`.'),
  })
  .describe('Where the secrets of the runner come from. The server of `openbao` and its token are never named here.');
