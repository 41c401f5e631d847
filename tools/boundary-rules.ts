import type { IConfiguration, IForbiddenRuleType, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { SHIPPED_PACKAGES } from './shipped-packages.ts';

/**
 * Who may import whom. The comment of a rule is what the person who breaks it reads, so it says what to do instead.
 * `tools/boundaries.test.ts` breaks each of them on purpose.
 */

/** Tests, and the fixtures beside them. */
const TEST = String.raw`\.test\.ts$|/[^/]*fixtures?\.ts$`;
const REGISTRY = String.raw`^src/checks/registry\.generated\.ts$`;
/** Where running starts: the faces, the files that a worker thread is started with, and what makes examples into tests. */
const ENTRY = String.raw`^src/checks/[^/]+/examples\.ts$|^src/(cli|server)/main\.ts$|^src/[^/]+/[^/]*worker\.ts$`;

const literal = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const shipped = SHIPPED_PACKAGES.map(literal).join('|');

/** `builtins` and `rooms` are alternatives of a regular expression. */
const builtinOnlyIn = (builtins: string, rooms: string): Pick<IRegularForbiddenRuleType, 'from' | 'to'> => ({
  from: { path: '^(src|web)/', pathNot: [`^src/(${rooms})/`, TEST] },
  to: { dependencyTypes: ['core'], path: `^(node:)?(${builtins})(/|$)` },
});

const direction: readonly IForbiddenRuleType[] = [
  {
    name: 'no-cycles',
    comment:
      'These modules import each other, so neither can be read or tested alone. Move what both need into a third module ' +
      'that imports neither; words that several rooms share belong in src/core.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'core-is-the-floor',
    comment:
      'src/core holds words and ports and imports nothing of ours. Turn it round: declare in core the type or the port that ' +
      'you need, let the room provide it, and let src/app hand it in.',
    from: { path: '^src/core/' },
    to: { path: '^(src|web)/', pathNot: '^src/core/' },
  },
  {
    name: 'core-and-checks-do-no-io',
    comment:
      'Core and checks only compute: they may use node:buffer, node:crypto, node:path, node:string_decoder, node:url, ' +
      'node:util and node:zlib, nothing that reads, writes, waits or starts anything. Whatever a check needs arrives in its Artifact or in its ' +
      'options; if that is too little, a source must provide more.',
    from: { path: '^src/(core|checks|language)/', pathNot: TEST },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|crypto|path|string_decoder|url|util|zlib)(/|$)' },
  },
  {
    name: 'checks-see-core-and-language-only',
    comment:
      'A check sees src/core and src/language. If it needs something of another room, that something is a word of core, or ' +
      'it belongs into the options that src/app passes to prepare().',
    from: { path: '^src/checks/' },
    to: { path: '^(src|web)/', pathNot: '^src/(core|language|checks)/' },
  },
  {
    name: 'checks-never-import-each-other',
    comment:
      'One family of checks must be removable without breaking another. Move what both families need to src/language (about ' +
      'code) or src/core (about everything).',
    from: { path: '^src/checks/([^/]+)/' },
    to: { path: '^src/checks/', pathNot: '^src/checks/$1/' },
  },
  {
    name: 'only-app-reads-the-registry',
    comment: 'Only src/app knows which checks exist. Take the families as a parameter, and let src/app pass them.',
    from: { path: '^(src|web)/', pathNot: '^src/app/' },
    to: { path: REGISTRY },
  },
  {
    name: 'engine-is-handed-its-checks',
    comment:
      'The engine runs whatever it is given and knows no check by name. Take a Family or an Inspector as a parameter; a worker ' +
      'gets its checks from an entry in src/app.',
    from: { path: '^src/engine/' },
    to: { path: '^src/checks/' },
  },
  {
    name: 'rooms-see-ports-not-adapters',
    comment:
      'A room asks for a port of src/core/ports.ts and src/app hands it the real thing, so that tests can hand it a small ' +
      'one. Declare the port in core, implement it in src/adapters, join them in src/app.',
    from: { path: '^(src|web)/', pathNot: ['^src/(adapters|app)/', TEST] },
    to: { path: '^src/adapters/' },
  },
  {
    name: 'rooms-never-import-each-other',
    comment:
      'Rooms exchange words of src/core and are joined in src/app. If the other room has a type that you need, it is a shared ' +
      'word: move it to core. If it has a function that you need, let src/app call it and pass on the result.',
    from: { path: '^src/([^/]+)/', pathNot: '^src/(core|checks|app|cli|server)/' },
    to: { path: '^(src|web)/', pathNot: '^src/($1|core|checks|adapters|cli|server)/' },
  },
  {
    name: 'rooms-never-import-checks',
    comment:
      'Only src/app joins checks with the rest. Take a Family, a CheckSummary or a Finding of src/core as a parameter.',
    from: { path: '^src/', pathNot: '^src/(core|checks|engine|app)/' },
    to: { path: '^src/checks/', pathNot: REGISTRY },
  },
  {
    name: 'faces-go-through-app',
    comment:
      'src/cli and src/server only translate: they parse, call src/app, render what comes back with src/report, and exit. Put ' +
      'the work into a room, join it in src/app, and call that.',
    from: { path: '^src/(cli|server)/' },
    to: { path: '^(src|web)/', pathNot: '^src/($1|app|core|contract|report|checks|adapters)/' },
  },
  {
    name: 'nothing-imports-a-face',
    comment:
      'A face is the outermost layer. What you want from it is no matter of a face: move it to src/app or to a room.',
    from: { path: '^(src|web)/', pathNot: '^src/(cli|server)/' },
    to: { path: '^src/(cli|server)/' },
  },
  {
    name: 'web-sees-the-contract-only',
    comment:
      'The browser shares schemas with the server and nothing else. Put the schema into src/contract; what has to be computed ' +
      'is computed by the server and comes through the API.',
    from: { path: '^web/' },
    to: { path: '^src/', pathNot: '^src/(contract|adapters|cli|server)/|^src/checks/registry' },
  },
  {
    name: 'src-never-imports-tests-or-tools',
    comment:
      'What ships must not depend on what does not. If the program needs it, move it into a room of src and let the test or the ' +
      'tool import it from there.',
    from: { path: '^(src|web)/', pathNot: TEST },
    to: { path: ['^(test|tools|bench|examples)/', TEST] },
  },
  {
    name: 'no-development-dependency',
    comment:
      'This package is not part of what we ship. Use the platform or a package of tools/shipped-packages.ts; if none will do, ' +
      'add it to that list after answering the questions written there.',
    from: { path: '^src/', pathNot: TEST },
    to: { path: 'node_modules/', pathNot: `node_modules/(${shipped})/` },
  },
  {
    name: 'not-to-unresolvable',
    comment:
      'Nothing is found at this address. Imports of the same folder are written ./name.ts, all others #folder/name.ts, with ' +
      'the ending.',
    from: {},
    to: { couldNotResolve: true },
  },
];

const builtins: readonly IForbiddenRuleType[] = [
  {
    name: 'file-system-only-where-it-is-the-job',
    comment:
      'Only source, engine (its cache), pipeline (workspaces), evidence (the ledger), vault, deploy, adapters, app, cli and ' +
      'server touch the file system. Take the content as a parameter, or return what should be written, and let src/app do it.',
    ...builtinOnlyIn('fs', 'source|engine|pipeline|evidence|vault|deploy|adapters|app|cli|server|core|checks|language'),
  },
  {
    name: 'processes-only-in-adapters',
    comment:
      'Only src/adapters starts programs, because there the environment and the arguments are made safe. Use the Git port of ' +
      'src/core/ports.ts, or declare a port for the program you need.',
    ...builtinOnlyIn('child_process|cluster', 'adapters|core|checks|language'),
  },
  {
    name: 'network-only-in-adapters-and-server',
    comment:
      'Nothing goes to the network unless a flag or a configured provider says so, and src/adapters is where that is enforced. ' +
      'Take the Network port of src/core/ports.ts as a parameter, and say what happens when it is absent.',
    ...builtinOnlyIn('net|http|https|http2|tls|dns|dgram', 'adapters|server|core|checks|language'),
  },
  {
    name: 'threads-only-in-engine-and-app',
    comment:
      'The engine decides what runs in parallel, so that output never depends on it. Hand it the work as a Check.',
    ...builtinOnlyIn('worker_threads', 'engine|app|core|checks|language'),
  },
];

const reachability: readonly IForbiddenRuleType[] = [
  {
    name: 'not-unreachable',
    comment:
      'No command and no server route leads here, so users never run it. Join it in src/app, or delete it: git remembers.',
    from: { path: ENTRY },
    to: { path: '^src/', pathNot: [TEST, ENTRY], reachable: false },
  },
];

export const allRules: readonly IForbiddenRuleType[] = [...direction, ...builtins, ...reachability];

/** `complete`: whether the program has its entry point; without one, everything would be unreachable. */
export const configuration = (complete: boolean): IConfiguration => ({
  forbidden: complete ? [...allRules] : [...direction, ...builtins],
  options: {
    // TypeScript 7 has no JavaScript API, so the parser is swc; it sees type-only imports, which these rules are about too.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
});
