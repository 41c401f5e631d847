import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { secretsRule } from './templates/secrets-rule.ts';

/* `npm run create-check -- secrets/acme-api-key --provider Acme`: a new check, complete and passing, to start from. */

const USAGE = 'npm run create-check -- secrets/<provider>-<what-it-is> [--provider "Name of the provider"]';
const ID = /^secrets\/([a-z0-9]{3,}(?:-[a-z0-9]+)+)$/;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { provider: { type: 'string' } } });
const [, id = ''] = ID.exec(positionals[0] ?? '') ?? [];
if (id === '' || positionals.length !== 1) {
  console.error(`Usage: ${USAGE}`);
  process.exitCode = 2;
} else {
  const [first = ''] = id.split('-');
  const provider = values.provider ?? first.charAt(0).toUpperCase() + first.slice(1);
  const file = `src/checks/secrets/rules/${id}.toml`;
  // `wx` fails on a rule that is there already.
  writeFileSync(file, secretsRule({ id, provider }), { flag: 'wx' });
  console.log(`${file}: replace what says so, then run npm run generate and npx vitest run test/checks`);
}
