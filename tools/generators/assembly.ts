import { readFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';
import { type GeneratedFile, NOTICE } from './generated-file.ts';

/** What is compiled, and the module that carries it. */
const MODULES = {
  'assembly/prefilter.ts': 'src/checks/secrets/match/prefilter.generated.ts',
  'assembly/encoded.ts': 'src/checks/secrets/decode/encoded.generated.ts',
} as const;

/** The WebAssembly of the loops that look at every byte, each as a module that holds it in base64. */
export const assembly = (): GeneratedFile[] =>
  Object.entries(MODULES).map(([source, path]) => ({ path, render: () => render(source) }));

async function render(source: string): Promise<string> {
  const wasm = await compile(source);
  return `// ${NOTICE}

/** \`${source}\` as WebAssembly, in base64. */
export const WASM = '${Buffer.from(wasm).toString('base64')}';
`;
}

const OUTPUT = 'output.wasm';
/** Room for the tables is in the first pages, and the host adds what it needs. */
const PAGES = 1;
const OPTIONS = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--initialMemory', String(PAGES)];

async function compile(source: string): Promise<Uint8Array> {
  let output: Uint8Array | undefined;
  const { error, stderr } = await main([source, ...OPTIONS, '--outFile', OUTPUT], {
    readFile: (name) => (name === source ? readFileSync(name, 'utf8') : null),
    writeFile: (name, content) => {
      if (name === OUTPUT) output = Buffer.from(content);
    },
    listFiles: () => [],
  });
  if (error !== null || output === undefined) throw new Error(`${source}: ${error?.message}\n${stderr.toString()}`);
  return output;
}
