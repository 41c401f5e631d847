import { absoluteEntries } from './process.ts';

/** One setting of git: its full name and its value. */
export type GitSetting = readonly [name: string, value: string];

const NOWHERE = '/dev/null';

/**
 * Settings that outrank a repository's own configuration. The first group names programs that git would start or files
 * that it would open; the second changes what git prints or leaves out, so that one repository reads the same everywhere.
 */
const FIXED_SETTINGS: readonly GitSetting[] = [
  // A repository of another user may be read: nothing in it is obeyed, so its owner gains nothing from that.
  ['safe.directory', '*'],
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', NOWHERE],
  ['core.pager', 'cat'],
  ['core.editor', 'false'],
  ['core.askPass', ''],
  ['core.sshCommand', 'false'],
  ['core.alternateRefsCommand', 'false'],
  ['core.attributesFile', NOWHERE],
  ['core.excludesFile', NOWHERE],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.ext.allow', 'never'],
  ['diff.external', ''],
  ['diff.orderFile', NOWHERE],
  ['gpg.program', 'false'],
  ['gpg.ssh.program', 'false'],
  ['gpg.x509.program', 'false'],
  ['log.showSignature', 'false'],
  ['mailmap.file', NOWHERE],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],

  ['core.bigFileThreshold', '512m'],
  ['core.quotePath', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.useReplaceRefs', 'false'],
  ['color.ui', 'false'],
  ['color.diff', 'false'],
  ['diff.algorithm', 'default'],
  ['diff.context', '3'],
  ['diff.ignoreSubmodules', 'none'],
  ['diff.interHunkContext', '0'],
  ['diff.mnemonicPrefix', 'false'],
  ['diff.noprefix', 'false'],
  ['diff.renames', 'false'],
  ['diff.submodule', 'short'],
  ['diff.suppressBlankEmpty', 'false'],
  ['format.pretty', 'medium'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['log.decorate', 'false'],
  ['log.diffMerges', 'separate'],
  ['log.follow', 'false'],
  ['log.mailmap', 'false'],
  ['log.showRoot', 'true'],
];

/** What the network needs of the user's environment: proxies, certificates and, for ssh, keys and their agent. */
const NETWORK_VARIABLES = [
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
];
const SSH_VARIABLES = ['HOME', 'USERPROFILE', 'SSH_AUTH_SOCK'];

/** Where git looks for the configuration of the user and the system. */
const USER_VARIABLES = [
  'HOME',
  'USERPROFILE',
  'XDG_CONFIG_HOME',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_GLOBAL',
];
const NO_CONFIGURATION = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_SYSTEM: NOWHERE, GIT_CONFIG_GLOBAL: NOWHERE };

type Variables = Readonly<Record<string, string | undefined>>;

/** What a git process is allowed beyond reading the repository it is pointed at. */
export interface Allowance {
  /** The transports it may use; none: it cannot reach anything, not even a file the repository names as its remote. */
  readonly protocols?: readonly string[];
  /** Read instead of the repository's own index. */
  readonly indexFile?: string;
  /** The configuration of the user and the system can be asked for. Our settings outrank it all the same. */
  readonly userConfiguration?: boolean;
}

/** The whole environment of one git process. `drivers` are the repository's own settings to disarm. */
export function gitEnvironment(
  own: Variables,
  { protocols = [], indexFile, userConfiguration = false }: Allowance,
  drivers: readonly GitSetting[],
): Record<string, string> {
  const ssh = protocols.includes('ssh');
  return {
    PATH: absoluteEntries(own['PATH'] ?? '').join(process.platform === 'win32' ? ';' : ':'),
    ...chosen(own, ['SystemRoot', 'TMPDIR', 'TEMP', 'TMP']),
    ...(protocols.length > 0 ? chosen(own, NETWORK_VARIABLES) : {}),
    ...(ssh ? chosen(own, SSH_VARIABLES) : {}),
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(userConfiguration ? chosen(own, USER_VARIABLES) : NO_CONFIGURATION),
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    GIT_SSH_COMMAND: ssh ? 'ssh -oBatchMode=yes' : 'false',
    GIT_ALLOW_PROTOCOL: protocols.length > 0 ? protocols.join(':') : 'none',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_PAGER: 'cat',
    GIT_EDITOR: 'false',
    ...numbered([...FIXED_SETTINGS, ...drivers]),
  };
}

function chosen(own: Variables, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
}

/** By variables and not by `-c`, because a driver may have `=` or a line break in its name. Understood from git 2.31 on. */
function numbered(settings: readonly GitSetting[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([name, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = name;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return variables;
}

/**
 * The settings that silence every program which a repository's configuration attaches to a name of its own choosing:
 * content filters, diff and text-conversion drivers, merge drivers, credential helpers, submodule update commands.
 * `names` is what `git config --null --name-only --list` prints.
 */
export function disarm(names: readonly string[]): GitSetting[] {
  const settings: GitSetting[] = [];
  for (const name of new Set(names)) {
    const value = disarmed(name);
    if (value !== undefined) settings.push([name, value]);
  }
  return settings;
}

function disarmed(name: string): string | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (/^filter\./.test(name)) return last === 'required' ? 'false' : '';
  if (/^diff\./.test(name)) return /^(?:command|textconv)$/.test(last) ? '' : last === 'binary' ? 'false' : undefined;
  if (/^merge\./.test(name) && last === 'driver') return 'false';
  if (/^credential\./.test(name) && last === 'helper') return '';
  if (/^submodule\./.test(name) && last === 'update') return 'none';
  if (/^pager\./.test(name)) return 'false';
  return undefined;
}
