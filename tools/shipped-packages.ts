/**
 * The libraries whose code is inside the published bundle, by name. Code in `src` may import these and no others.
 *
 * Each one runs next to other people's secrets, so adding a name is a decision: is the library small, kept up, free of
 * install scripts, under a permissive licence (`npm run check:licences` reads it), and free of dependencies that we would
 * not have chosen ourselves? `npm run build` fails when the bundle holds a package that neither this list nor a package
 * on it asked for. In `package.json` they stand under `devDependencies`: whoever installs sluice installs one package.
 */
export const SHIPPED_PACKAGES: readonly string[] = [
  '@actions/expressions',
  '@actions/workflow-parser',
  '@marcbachmann/cel-js',
  '@sigstore/bundle',
  '@sigstore/protobuf-specs',
  '@sigstore/verify',
  'commander',
  'fast-xml-parser',
  'fastest-levenshtein',
  'hash-wasm',
  'smol-toml',
  'xz-decompress',
  'yaml',
  'yauzl',
  'yazl',
  'zod',
];
