import type { GeneratedFile } from './generated-file.ts';

/*
 * A terminal as a picture: what a scan of the example prints, drawn as SVG, so that the README shows what the program
 * says today and the check for fresh files says so when it does not.
 */

const COLUMN = 8.4;
const LINE = 19;
const MARGIN = 20;
const BAR = 34;

const COLOURS: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '32': '#7ee787',
  '33': '#e3b341',
  '34': '#79c0ff',
  '36': '#76e3ea',
};

interface Style {
  readonly fill?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly underlined?: boolean;
}

/** `command` is what was typed; `run` gives what it printed, with ANSI colours. */
export const scanPicture = (command: string, run: () => Promise<string>): GeneratedFile => ({
  path: 'docs/images/scan.svg',
  render: async () => draw([`\u001B[1m$ ${command}\u001B[0m`, ...(await run()).trimEnd().split('\n')]),
});

function draw(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => textOf(line).length));
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = BAR + lines.length * LINE + MARGIN;
  const rows = lines.map(
    (line, index) => `<text x="${MARGIN}" y="${BAR + (index + 1) * LINE - 5}">${spans(line)}</text>`,
  );
  const lights = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${MARGIN + index * 20}" cy="17" r="6" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What a scan prints">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#e6edf3}</style>
<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
${lights.join('')}
${rows.join('\n')}
</svg>
`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it looks for
const SGR = /\u001B\[([\d;]*)m/;

const textOf = (line: string): string =>
  line
    .split(SGR)
    .filter((_, index) => index % 2 === 0)
    .join('');

/** Splitting by an expression with one group alternates text and what the group matched. */
function spans(line: string): string {
  let style: Style = {};
  let drawn = '';
  for (const [index, part] of line.split(SGR).entries()) {
    if (index % 2 === 1) style = styleOf(part);
    else if (part !== '') drawn += `<tspan${attributes(style)}>${escapeXml(part)}</tspan>`;
  }
  return drawn;
}

function styleOf(codes: string): Style {
  const set = codes.split(';');
  const colour = set.map((code) => COLOURS[code]).find((fill) => fill !== undefined);
  return {
    bold: set.includes('1'),
    dim: set.includes('2'),
    underlined: set.includes('4'),
    ...(colour === undefined ? {} : { fill: colour }),
  };
}

const attributes = ({ fill, bold, dim, underlined }: Style): string =>
  [
    fill === undefined ? '' : ` fill="${fill}"`,
    bold === true ? ' font-weight="700"' : '',
    dim === true ? ' opacity="0.6"' : '',
    underlined === true ? ' text-decoration="underline"' : '',
  ].join('');

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
