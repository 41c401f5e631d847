import { writeCurrentBaseline } from '#app/baseline.ts';
import { EXIT_INTERRUPTED } from '#core/verdict.ts';
import { print } from '../output.ts';
import { VERSION } from '../version.ts';
import { watch } from '../watch.ts';

interface Options {
  readonly output: string;
  readonly config?: string;
  readonly history?: boolean;
}

export async function run(folder: string, { output, config, history }: Options): Promise<number> {
  const { file, entries, gone, interrupted } = await watch({ progress: true }, ({ progress, signal }) => {
    const request = {
      target: folder,
      version: VERSION,
      environment: process.env,
      staged: false,
      history: history === true,
      verify: false,
      cache: true,
      baseline: false,
      progress,
      signal,
      ...(config === undefined ? {} : { config }),
    };
    return writeCurrentBaseline(request, output);
  });
  if (interrupted) return EXIT_INTERRUPTED;
  const less = gone === 0 ? '' : `; ${gone} that are gone were taken out`;
  await print(`Wrote ${file}: ${entries} findings${less}. They stay in every report, and are no longer new.\n`);
  return 0;
}
