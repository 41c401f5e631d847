import type { Severity } from '#core/severity.ts';

/** What a piece of text is, so that colour follows meaning. Colour never says anything the words do not. */
export type Role = Severity | 'quiet' | 'strong' | 'good' | 'bad' | 'warning' | 'place';

export type Paint = (role: Role, text: string) => string;

/** Select Graphic Rendition parameters (ECMA-48, 8.3.117), from the sixteen colours that every theme keeps readable. */
const SGR: Readonly<Record<Role, string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '36',
  info: '34',
  quiet: '2',
  strong: '1',
  good: '1;32',
  bad: '1;31',
  warning: '1;33',
  place: '4',
};

const ESCAPE = '\u001b[';

/** Paints, or with `color: false` returns text as it is. */
export const paintWith =
  (color: boolean): Paint =>
  (role, text) =>
    color && text !== '' ? `${ESCAPE}${SGR[role]}m${text}${ESCAPE}0m` : text;

/** Signs beside the words; plain ASCII where the terminal does not speak UTF-8. */
export interface Symbols {
  readonly cross: string;
  readonly tick: string;
  readonly warning: string;
  readonly dot: string;
  readonly bar: string;
  readonly rule: string;
  readonly arrow: string;
  readonly marker: string;
  readonly more: string;
}

export const UNICODE: Symbols = {
  cross: '✖',
  tick: '✔',
  warning: '▲',
  dot: '·',
  bar: '│',
  rule: '─',
  arrow: '❯',
  marker: '━',
  more: '…',
};

export const ASCII: Symbols = {
  cross: 'x',
  tick: '+',
  warning: '!',
  dot: '-',
  bar: '|',
  rule: '-',
  arrow: '>',
  marker: '^',
  more: '...',
};
