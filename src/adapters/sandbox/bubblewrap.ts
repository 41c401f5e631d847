import { optionsOfGround, optionsOfView } from './bubblewrap-options.ts';
import { entrance, plainEntrance } from './entrance.ts';
import type { Maker, StepRequest } from './maker.ts';
import { HOST_NAME, USER } from './state-folder.ts';

/** The programs of a distribution's package `bubblewrap`, and Perl to enter and to trace; nsenter of util-linux where there is none. */
export function bubblewrap(program: string, version: string, perl: string | undefined): Maker {
  return {
    name: 'bubblewrap',
    version,
    traces: perl !== undefined,
    holder: ({ processes, root }, ground) => [
      program,
      ...['--unshare-user', '--uid', '0', '--gid', '0', '--unshare-net', '--unshare-pid'],
      ...['--die-with-parent', '--new-session', '--bind', '/', '/', '--dev-bind', '/dev', '/dev'],
      // bubblewrap covers parts of the /proc that it mounts, and the kernel lets a step mount its own only where it sees a whole one.
      ...[
        '--cap-add',
        'CAP_NET_BIND_SERVICE',
        '--bind',
        '/proc',
        processes,
        '--proc',
        '/proc',
        ...optionsOfGround(ground, root),
        '--',
      ],
      ...(process.getuid?.() === 0 ? ['/bin/sh', '-c', SEAL_DEVICES, 'sh'] : []),
    ],
    step: (request) => {
      const options = step(request);
      const way = request.way();
      return [...(perl === undefined ? plainEntrance(way) : entrance(perl, way)), program, ...options] as [string];
    },
  };
}

/**
 * The device nodes that steps get are the host's. Mounted read-only they can be used but not changed, which matters where Sluice
 * runs as root and so owns them: `chmod /dev/null` in a step would else reach the host. bubblewrap's own --remount-ro would forbid
 * their use too.
 */
const SEAL_DEVICES = 'mount -o remount,bind,ro /dev && exec "$@"';

function step({ view, command, env, give, filter, root }: StepRequest): string[] {
  // By descriptor rather than as arguments: an argument can be read by everyone on the host, and these hold secrets.
  const options = [
    ...['--unshare-user', '--uid', String(USER.id), '--gid', String(USER.id), '--disable-userns'],
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--hostname', HOST_NAME],
    ...['--new-session', '--cap-drop', 'ALL'],
    // Parts of the ground that are read-only stay so.
    ...['--bind', root, '/', ...optionsOfView(view), '--remount-ro', '/'],
    ...['--chdir', command.cwd, '--clearenv'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
  const args = give(Buffer.from(options.map((option) => `${option}\0`).join('')));
  const seccomp = give(filter);
  return ['--args', String(args), '--seccomp', String(seccomp), '--json-status-fd', '3', '--', ...command.argv];
}
