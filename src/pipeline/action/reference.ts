/** What a `uses` names. */
export type ActionReference =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'builtin'; readonly name: string; readonly ref: string }
  | { readonly kind: 'remote'; readonly repository: string; readonly path: string; readonly ref: string };

/** Tools that the actions which set them up stand for. */
export const SETUP_ACTIONS: Readonly<Record<string, string>> = {
  'actions/setup-node': 'node',
  'actions/setup-python': 'python',
  'actions/setup-go': 'go',
  'actions/setup-java': 'java',
  'actions/setup-dotnet': 'dotnet',
  'ruby/setup-ruby': 'ruby',
  'shivammathur/setup-php': 'php',
  'pnpm/action-setup': 'pnpm',
  'oven-sh/setup-bun': 'bun',
  'denoland/setup-deno': 'deno',
  'dtolnay/rust-toolchain': 'rust',
  'actions-rs/toolchain': 'rust',
  'actions-rust-lang/setup-rust-toolchain': 'rust',
  'astral-sh/setup-uv': 'uv',
};

/** Actions that we do ourselves, whatever their version, since they could do nothing offline. */
export const BUILTIN_ACTIONS: ReadonlySet<string> = new Set([
  'actions/checkout',
  'actions/cache',
  'actions/cache/restore',
  'actions/cache/save',
  'actions/upload-artifact',
  'actions/download-artifact',
  'sluice/scan',
  'sluice/tests',
  ...Object.keys(SETUP_ACTIONS),
]);

const REMOTE = /^([\w.-]{1,100}\/[\w.-]{1,100})((?:\/[^@/\s]{1,200}){0,20})(?:@([^\s@]{1,250}))?$/;

const isDots = (part: string): boolean => part === '.' || part === '..' || part === '';

/** `undefined` for what is none of these. */
export function parseReference(uses: string): ActionReference | undefined {
  if (uses.startsWith('./')) return { kind: 'local', path: uses.slice(2).replace(/\/+$/, '') };
  if (uses.startsWith('docker://')) return { kind: 'image', image: uses.slice('docker://'.length) };
  const [, repository, path = '', ref = ''] = REMOTE.exec(uses) ?? [];
  if (repository === undefined || `${repository}${path}`.split('/').some(isDots)) return undefined;
  const name = `${repository}${path}`.toLowerCase();
  if (BUILTIN_ACTIONS.has(name)) return { kind: 'builtin', name, ref };
  return ref === '' ? undefined : { kind: 'remote', repository, path: path.slice(1), ref };
}

/** The whole id of a commit: the only name of a version that nobody can move. */
export const isPinned = (ref: string): boolean => /^[0-9a-f]{40}$/.test(ref);
