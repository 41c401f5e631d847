import { type HookType, installHooks, uninstallHooks } from '#app/hooks.ts';
import { print } from '../output.ts';

export async function install(folder: string, options: { readonly type: readonly HookType[] }): Promise<number> {
  const files = await installHooks(folder, options.type);
  await print(`${files.map((file) => `Wrote ${file}`).join('\n')}\n`);
  return 0;
}

export async function uninstall(folder: string): Promise<number> {
  const files = await uninstallHooks(folder);
  await print(
    files.length === 0 ? 'No hook of sluice is installed.\n' : `${files.map((f) => `Removed ${f}`).join('\n')}\n`,
  );
  return 0;
}
