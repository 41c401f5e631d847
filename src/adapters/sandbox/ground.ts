import { mkdirSync, readdirSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HOST_NAME, USER } from './state-folder.ts';
import { type Bind, kindOf } from './view.ts';

/*
 * The system that the steps of a job share: mounted once for the job, since mounting it for each step would be most of what a
 * step costs. Folders, links and made-up files lie in a folder of ours; what comes from the host is bound into it, read-only.
 */

/** Where programs and libraries lie on the distributions we know; most are links into /usr today. */
const SYSTEM = ['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/**
 * What of the host's /etc a toolchain needs and what holds no secret. Left out on purpose: shadow, ssh, ssl/private, and
 * the configuration of package clients (pip.conf, npmrc, gitconfig, Maven's settings), which often holds credentials.
 */
const ETC = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'debian_version',
  'fonts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'locale.alias',
  'magic',
  'magic.mime',
  'maven/logging',
  'maven/m2.conf',
  'mime.types',
  'os-release',
  'perl',
  'pki/ca-trust',
  'pki/tls/certs',
  'protocols',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
];

/** Settings of interpreters, whose folders have their version in the name. */
const ETC_OF_VERSIONS = /^(?:java(?:-\d+-openjdk)?|python\d(?:\.\d+)?)$/;

/** Files of /etc that are ours: no name, address or host of the real machine. */
const MADE_UP: Readonly<Record<string, string>> = {
  passwd:
    'root:x:0:0:root:/root:/usr/sbin/nologin\n' +
    `${USER.name}:x:${USER.id}:${USER.id}:${USER.name}:${USER.home}:/bin/bash\n` +
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  group: `root:x:0:\n${USER.name}:x:${USER.id}:\nnogroup:x:65534:\n`,
  hosts: `127.0.0.1 localhost ${HOST_NAME}\n::1 localhost\n`,
  hostname: `${HOST_NAME}\n`,
  // The relay answers there: every name is refused, and seen.
  'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n',
};

/** The system of the host: /usr and what belongs to it, the folders of /opt, and an /etc that is for the greater part ours. */
export function hostGround(root: string): Bind[] {
  const binds: Bind[] = [];
  const put = (at: string): void => void binds.push(...entry(root, at));
  for (const name of SYSTEM) put(`/${name}`);
  // One by one, so that a job can have a mount of its own beside them.
  for (const name of folder('/opt')) if (kindOf(`/opt/${name}`) !== 'link') put(`/opt/${name}`);
  const versions = folder('/etc').filter((name) => ETC_OF_VERSIONS.test(name));
  for (const name of [...ETC, ...versions]) put(`/etc/${name}`);
  for (const [name, text] of Object.entries(MADE_UP)) writeFileSync(path.join(root, 'etc', name), text);
  for (const name of ['proc', 'dev', 'run', 'var', 'home', 'tmp'])
    mkdirSync(path.join(root, name), { recursive: true });
  symlinkSync('/run', path.join(root, 'var/run'));
  symlinkSync('/tmp', path.join(root, 'var/tmp'));
  return binds;
}

/** An unpacked image, with our names and addresses over those of its /etc. `files` is a folder to write them to. */
export function imageGround(image: string, files: string): Bind[] {
  const binds: Bind[] = [{ from: image, to: '/', access: 'read' }];
  for (const [name, text] of Object.entries(MADE_UP)) {
    if (kindOf(path.join(image, 'etc', name)) !== 'file') continue;
    const from = path.join(files, name);
    writeFileSync(from, text);
    binds.push({ from, to: `/etc/${name}`, access: 'read' });
  }
  return binds;
}

const folder = (at: string): string[] => (kindOf(at) === 'folder' ? readdirSync(at).toSorted() : []);

/** A link stays one where it leads into the system; else it is left out. What it leads to is mounted with the system. */
function entry(root: string, at: string): Bind[] {
  const kind = kindOf(at);
  if (kind === undefined) return [];
  const place = path.join(root, at);
  mkdirSync(path.dirname(place), { recursive: true });
  if (kind === 'link') {
    if (leadsIntoSystem(at)) symlinkSync(readlinkSync(at), place);
    return [];
  }
  if (kind === 'folder') mkdirSync(place);
  else writeFileSync(place, '');
  return [{ from: at, to: at, access: 'read' }];
}

function leadsIntoSystem(link: string): boolean {
  try {
    return realpathSync(link).startsWith('/usr/');
  } catch {
    return false;
  }
}
