/** Colours by meaning; every text has a contrast of at least 4.5 to what it stands on. */
export interface Palette {
  readonly page: string;
  readonly node: string;
  readonly border: string;
  readonly text: string;
  readonly quiet: string;
  /** Lines: a contrast of at least 3 to the page. */
  readonly edge: string;
  /** Cards that are too small for their names. */
  readonly block: string;
  /** Products. */
  readonly product: string;
  /** What is affected: ground, border, and text on that ground. */
  readonly affected: string;
  readonly affectedBorder: string;
  readonly affectedText: string;
  /** The way to what one node needs, and to what needs it. */
  readonly down: string;
  readonly up: string;
}

export type Theme = 'light' | 'dark';

export const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    page: '#f7f7f5',
    node: '#ffffff',
    border: '#d3d5da',
    text: '#1d2129',
    quiet: '#5b6270',
    edge: '#878fa0',
    block: '#b4bac6',
    product: '#33548c',
    affected: '#fff1cf',
    affectedBorder: '#c2820c',
    affectedText: '#6b4400',
    down: '#2563b8',
    up: '#8a3f9e',
  },
  dark: {
    page: '#14161a',
    node: '#1f232a',
    border: '#3b424e',
    text: '#e6e8ec',
    quiet: '#a0a8b6',
    edge: '#667084',
    block: '#4d5666',
    product: '#8fb2ec',
    affected: '#3d2f10',
    affectedBorder: '#d9a036',
    affectedText: '#f3cf86',
    down: '#72a7f5',
    up: '#d08fe2',
  },
};
