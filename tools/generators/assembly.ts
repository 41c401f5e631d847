import { readFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';
import { type GeneratedFile, NOTICE } from './generated-file.ts';

/** The modules that carry WebAssembly, and what each is compiled from. */
const MODULES = {
  'src/checks/secrets/match/prefilter.generated.ts': ['assembly/prefilter.ts'],
  'src/checks/secrets/decode/encoded.generated.ts': ['assembly/encoded.ts'],
  'src/source/history/kernel.generated.ts': ['assembly/history.ts', 'assembly/lines.ts'],
} as const;

/** The WebAssembly of the loops that look at every byte, each as a module that holds it in base64. */
export const assembly = (): GeneratedFile[] =>
  Object.entries(MODULES).map(([path, sources]) => ({ path, render: () => render(sources) }));

async function render(sources: readonly string[]): Promise<string> {
  const wasm = await compile(sources);
  return `// ${NOTICE}

/** ${sources.map((source) => `\`${source}\``).join(' and ')} as WebAssembly, in base64. */
export const WASM = '${Buffer.from(wasm).toString('base64')}';
`;
}

const OUTPUT = 'output.wasm';
/** Room for the tables is in the first pages, and the host adds what it needs. */
const PAGES = 1;
const OPTIONS = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--initialMemory', String(PAGES)];

async function compile(sources: readonly string[]): Promise<Uint8Array> {
  let output: Uint8Array | undefined;
  const { error, stderr } = await main([...sources, ...OPTIONS, '--outFile', OUTPUT], {
    readFile: (name) => (sources.includes(name) ? readFileSync(name, 'utf8') : null),
    writeFile: (name, content) => {
      if (name === OUTPUT) output = Buffer.from(content);
    },
    listFiles: () => [],
  });
  if (error !== null || output === undefined)
    throw new Error(`${sources.join(' ')}: ${error?.message}\n${stderr.toString()}`);
  return output;
}
