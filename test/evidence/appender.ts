import { openNotary } from '#app/notary.ts';
import { createStatement } from '#evidence/statement.ts';

/*
 * Appends to the ledger of a repository until it is killed, and says after each append what was acknowledged: `NUMBER`.
 * Arguments: the repository, the user's folder, the first number.
 */

const [repository = '', home = '', first = '0'] = process.argv.slice(2);
const notary = await openNotary(repository, { home, clock: { now: () => new Date() } });
const subject = [{ name: 'app', digest: { sha256: 'ab'.repeat(32) } }];

for (let number = Number(first); ; number += 2) {
  const statements = [number, number + 1].map((one) =>
    createStatement(subject, 'urn:example:numbered', { number: one }),
  );
  await notary.record(statements);
  process.stdout.write(`${number}\n${number + 1}\n`);
}
