import type { Plugin } from 'rolldown';
import { closure, type InstalledPackage, licenceTexts, packageOf, readPackage } from './packages.ts';

const LINE = '-'.repeat(80);

/**
 * Writes `LICENSES.txt`: every package whose code the bundle holds, with its licence, which is what those licences ask of
 * whoever passes the code on. Fails on a package that nobody decided to ship.
 */
export const notices = (shipped: readonly string[], root: string): Plugin => ({
  name: 'notices',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    const folders = [...new Set(modules.map(packageOf))].filter((folder) => folder !== undefined);
    const known = closure(shipped, root);
    const allowed = new Set(known.map(({ folder }) => folder));
    const uninvited = folders.filter((folder) => !allowed.has(folder));
    if (uninvited.length > 0) this.error(`in the bundle but not of tools/shipped-packages.ts: ${uninvited.join(', ')}`);
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: render(folders, known) });
  },
});

function render(folders: readonly string[], known: readonly InstalledPackage[]): string {
  const sections = folders
    .map(readPackage)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((installed) => {
      const texts = licenceTexts(installed, known);
      if (texts.length === 0) texts.push(`Licence: ${installed.licence}`);
      return `${LINE}\n${installed.name} ${installed.version} (${installed.licence})\n${LINE}\n\n${texts.join('\n\n')}\n`;
    });
  return `The files beside this one hold code of these packages.\n\n${sections.join('\n')}`;
}
