import { SluiceError } from '#core/error.ts';
import type { ResourceLimit } from './bounds.ts';
import { ENTRANCE, TRACED_ENTRANCE } from './perl/step.ts';
import { systemProgram } from './programs.ts';

/** What a step goes through before its sandbox is made. */
export interface Way {
  /** See ControlGroup. */
  readonly groups: readonly string[];
  readonly limits: readonly ResourceLimit[];
  /** Paths of the job's namespaces; the user's comes first. */
  readonly namespaces: readonly string[];
  /** The descriptor that a trace is written to, or `undefined` where the step is not traced. */
  readonly trace: number | undefined;
}

/** The way in for a program, in Perl. */
export const entrance = (perl: string, way: Way): string[] =>
  runPerl(perl, way.trace === undefined ? ENTRANCE : TRACED_ENTRANCE, way);

/** A program in Perl that goes this way; what it takes beyond that follows. */
export const runPerl = (perl: string, program: string, { groups, limits, namespaces, trace = 0 }: Way): string[] => [
  ...[perl, '-e', program, '--', process.arch],
  ...[...groups, '--'],
  ...[...limits.map(({ number, bound }) => `${number}=${bound}`), '--'],
  ...[...namespaces, '--', String(trace)],
];

/** Joins the groups that are named before `--`, then becomes what follows. Without them it does not go on. */
const JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"';

/** The way in where there is no Perl: three programs, and no trace. */
export function plainEntrance({ groups, limits, namespaces }: Way): string[] {
  const options = ['--user', '--net', '--pid', '--mount'];
  return [
    ...[program('sh'), '-c', JOIN, 'sh', ...groups, '--'],
    ...[program('prlimit'), ...limits.map(({ name, bound }) => `--${name}=${bound}:${bound}`), '--'],
    ...[program('nsenter'), ...namespaces.map((at, index) => `${options[index]}=${at}`)],
    ...['--preserve-credentials', '--'],
  ];
}

function program(name: string): string {
  const found = systemProgram(name);
  if (found === undefined) throw new SluiceError('sandbox-missing', `The program ${name} is not installed.`);
  return found;
}
