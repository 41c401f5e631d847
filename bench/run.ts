import { existsSync } from 'node:fs';
import { run as history } from './history.ts';
import { run as mask } from './mask.ts';
import { run as plan } from './plan.ts';
import { type Figure, SLUICE } from './process.ts';
import { run as program } from './program.ts';
import { run as sandbox } from './sandbox.ts';
import { run as tree } from './tree.ts';

/*
 * `npm run bench [-- program|mask|plan|tree|history…]`: the numbers that Sluice is held to, as ratios within one run. Real inputs lie
 * outside the repository; what is not there is said to be not measured.
 */

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  program: async () => program(),
  sandbox,
  mask: async () => mask(),
  plan: async () => plan(),
  tree: async () => {
    const folder = process.env['SLUICE_CORPUS_TREE'];
    if (folder === undefined) return [notMeasured('work tree', 'SLUICE_CORPUS_TREE names a folder of source text')];
    return tree(folder, process.env['SLUICE_GITLEAKS'], process.env['SLUICE_GITLEAKS_RULES']);
  },
  history: async () => {
    const gitDirs = (process.env['SLUICE_CORPUS_HISTORY'] ?? '').split(':').filter(Boolean);
    if (gitDirs.length === 0)
      return [notMeasured('history', 'SLUICE_CORPUS_HISTORY names git folders, with : between')];
    const gitleaks = process.env['SLUICE_GITLEAKS'];
    const rules = process.env['SLUICE_GITLEAKS_RULES'];
    const peer = gitleaks === undefined || rules === undefined ? {} : { gitleaks, rules };
    return (await history(gitDirs, peer)).map((figure) => ({
      what: `history of ${figure.repository}, against git log -p`,
      measured: `${figure.scan.toFixed(2)} of ${figure.git.toFixed(2)} CPU s: ${Math.round(figure.share * 100)} %${
        figure.gitleaks === undefined ? '' : `; gitleaks ${(figure.gitleaks / figure.scan).toFixed(1)} times as long`
      }`,
      target: 'at most 50 %',
      met: figure.share <= 0.5,
    }));
  },
};

const notMeasured = (what: string, how: string): Figure => ({
  what,
  measured: 'not measured',
  target: how,
  met: false,
});

if (!existsSync(SLUICE)) throw new Error(`${SLUICE} is not built: run npm run build`);
const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const { what, measured, target, met } of await bench()) {
    console.log(`${met ? '✔' : '·'} ${what}\n    ${measured}\n    target: ${target}`);
  }
}
