import { initialise } from '#app/init.ts';
import { print } from '../output.ts';

export async function run(folder: string, options: { readonly force?: boolean }): Promise<number> {
  const file = initialise(folder, options.force === true);
  await print(`Wrote ${file}. Next: npx sluice scan\n`);
  return 0;
}
