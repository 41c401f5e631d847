import { readFileSync } from 'node:fs';
import { objectionsTo } from './bundle/licence.ts';
import { closure, licenceTexts } from './bundle/packages.ts';
import { SHIPPED_PACKAGES } from './shipped-packages.ts';

/* Fails when a package that we ship, or one that it needs, may not be passed on or runs code when it is installed. */

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies?: Readonly<Record<string, string>>;
};
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
const shipped = closure([...SHIPPED_PACKAGES, ...Object.keys(dependencies)], process.cwd());

const objections = shipped.flatMap((installed) => {
  const { folder } = installed;
  const entry = lock.packages[folder.slice(folder.indexOf('node_modules/'))];
  return objectionsTo(installed, licenceTexts(installed, shipped).length, entry?.hasInstallScript === true);
});

if (objections.length > 0) {
  console.error(objections.join('\n'));
  console.error(
    'We ship permissive licences only (tools/bundle/licence.ts). Choose another package, or write the few lines.',
  );
  process.exitCode = 1;
} else console.log(`${shipped.length} shipped packages, all under permissive licences`);
