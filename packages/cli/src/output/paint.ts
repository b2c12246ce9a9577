import { createColors } from 'picocolors';

/** Colours by meaning, so that every command looks alike. Without colour each gives its text back. */
export interface Paint {
  /** A heading or the head of a table. */
  readonly title: (text: string) => string;
  /** A product, project or environment. */
  readonly name: (text: string) => string;
  /** A version, commit or tag that may be copied. */
  readonly id: (text: string) => string;
  /** What is done, open, in order. */
  readonly good: (text: string) => string;
  /** What waits, or should be looked at. */
  readonly waiting: (text: string) => string;
  /** What is closed, failed or wrong. */
  readonly bad: (text: string) => string;
  /** What is less important. */
  readonly quiet: (text: string) => string;
}

/** Makes the colours for a stream that shows them, or does not. */
export function makePaint(enabled: boolean): Paint {
  const colours = createColors(enabled);
  return {
    title: colours.bold,
    name: colours.bold,
    id: colours.cyan,
    good: colours.green,
    waiting: colours.yellow,
    bad: colours.red,
    quiet: colours.dim,
  };
}
