import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/*
 * `npm run demo`: takes the example shop through its pipeline with the built program. The gate refuses it as it is; the fixed
 * branch is tested, scanned, built, signed, verified and goes live in a folder. Everything lies in a temporary folder, keys
 * too. The demo fails when anything goes otherwise.
 */

const PROGRAM = resolve('dist/sluice.js');
const EXAMPLES = resolve('examples');
const REFUSED = 1;

const root = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
const shop = join(root, 'shop');
const environment = { ...process.env, SLUICE_HOME: join(root, 'home') };
process.once('exit', () => rmSync(root, { recursive: true, force: true }));

function say(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

/** Runs `sluice` as a person would, and insists on how it ends. */
function sluice(line: string, expected = 0): void {
  say(`$ npx sluice ${line}`);
  const options = { cwd: shop, env: environment, stdio: 'inherit' } as const;
  const { status } = spawnSync(process.execPath, [PROGRAM, ...line.split(' ')], options);
  if (status !== expected) {
    process.stderr.write(`demo: expected exit ${expected}, and got exit ${status}\n`);
    process.exit(1);
  }
}

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Demo', '-c', 'user.email=demo@storefront.example', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: shop, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
}

const commit = (message: string): void => {
  git('add', '--all');
  git('commit', '--quiet', '--no-verify', '--message', message);
};

if (!existsSync(PROGRAM)) throw new Error('the program is not built: run npm run build');
// Bubblewrap where it may be installed; without it, namespaces made by util-linux give the same.
spawnSync('bash', ['tools/setup.sh', 'sandbox'], { stdio: ['ignore', 'ignore', 'inherit'] });

cpSync(join(EXAMPLES, 'storefront'), shop, { recursive: true });
git('init', '--quiet', '--initial-branch=main');
commit('Open the shop');

say('A small shop, insecure on purpose, meets its pipeline: three jobs, each in a sandbox without a network.');
sluice('plan release');
sluice('run release', REFUSED);
say('The gate refused it, so nothing was built.');
if (process.stdout.isTTY) sluice('runs logs --job scan --failed');

git('switch', '--quiet', '--create', 'fixed');
cpSync(join(EXAMPLES, 'storefront-fixed'), shop, { recursive: true });
commit('Take the credentials out of the code');
say('Its fixed branch takes the credentials out of the code:');
sluice('run release');
sluice('runs download --artifact storefront --to dist');
sluice('verify dist/storefront.tar.gz');
sluice('deploy shelf dist/storefront.tar.gz');
sluice('drift shelf');
sluice('evidence log');
sluice('evidence verify');

say(`Built, signed, proven, live. Next:

  npx sluice scan PATH            scan something of yours
  npx sluice run                  run the workflows of a repository of yours, each job in a sandbox
  npx sluice plan                 what they would get, and what cannot run here
  npx sluice --help               the rest`);
