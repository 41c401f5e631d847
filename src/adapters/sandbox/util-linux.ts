import { runPerl } from './entrance.ts';
import type { Maker, StepRequest } from './maker.ts';
import { HOLDER_PROGRAM } from './perl/holder.ts';
import { STEP_PROGRAM } from './perl/step.ts';
import { HOST_NAME, USER } from './state-folder.ts';
import type { ViewEntry } from './view.ts';

export interface UtilLinux {
  readonly unshare: string;
  readonly setpriv: string;
  readonly perl: string;
}

/** The programs of a distribution's packages `util-linux` and `perl-base`, which every Debian and Ubuntu has. */
export function utilLinux({ unshare, setpriv, perl }: UtilLinux, version: string): Maker {
  return {
    name: 'unshare',
    version,
    traces: true,
    // It ends with the thread that started it, and with it, by --kill-child, the namespace of processes.
    holder: ({ root }, ground) => [
      ...([setpriv, '--pdeathsig', 'KILL', unshare] as const),
      ...['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child=SIGKILL', '--'],
      ...[perl, '-e', HOLDER_PROGRAM, '--', process.arch, root],
      ...[...ground.flatMap(({ from, to, access }) => [from, to, access]), '--'],
    ],
    step: (request) => {
      const words = request.give(
        Buffer.from(
          wordsOf(request)
            .map((word) => `${word}\0`)
            .join(''),
        ),
      );
      const filter = request.give(request.filter);
      if (words !== 4 || filter !== 5) throw new Error('the first process reads descriptors 4 and 5');
      return runPerl(perl, STEP_PROGRAM, request.way()) as [string];
    },
  };
}

function wordsOf({ view, command, env, root }: StepRequest): string[] {
  const variables = Object.entries(env);
  return [
    ...[root, HOST_NAME, String(USER.id), command.cwd],
    ...[...view.flatMap(wordsOfEntry), 'end'],
    ...[String(variables.length), ...variables.flat()],
    ...command.argv,
  ];
}

function wordsOfEntry(entry: ViewEntry): string[] {
  switch (entry.kind) {
    case 'bind':
      return ['bind', entry.from, entry.to, entry.access];
    case 'tmpfs':
      return ['tmpfs', entry.to, entry.mode];
    case 'seal':
      return ['seal', entry.to];
    case 'proc':
    case 'dev':
      return [entry.kind];
  }
}
