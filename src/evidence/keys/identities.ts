import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';
import type { Disk } from '#core/ports.ts';
import type { TrustedIdentity } from '../verify.ts';

const schema = z.strictObject({
  version: z.literal(1),
  identities: z
    .array(z.strictObject({ name: z.string().min(1).max(200), subject: z.string().min(1), issuer: z.string().min(1) }))
    .max(10_000),
});

const fileIn = (home: string): string => join(home, 'trusted-identities.json');

/**
 * The holders of certificates that the user trusts; none where there is no such file.
 *
 * @throws SluiceError `identities-invalid`
 */
export function readIdentities(home: string): readonly TrustedIdentity[] {
  const file = fileIn(home);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8'))).identities;
  } catch (cause) {
    throw new SluiceError('identities-invalid', `${file} is not what it should be`, { cause });
  }
}

/** Trusts a holder of certificates from now on; one of the same name makes room. */
export function trustIdentity(home: string, identity: TrustedIdentity, disk: Disk): void {
  const others = readIdentities(home).filter(({ name }) => name !== identity.name);
  const identities = [...others, identity].toSorted((a, b) => order(a.name, b.name));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  disk.write(fileIn(home), `${JSON.stringify({ version: 1, identities }, null, 2)}\n`);
}
