import { palettes, type Theme } from '../palette.js';

const kept = 'lanewise-theme';

/** The theme that was chosen here before, else the one of the system. */
export function openingTheme(): Theme {
  const chosen = keptTheme();
  if (chosen !== null) return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Shows a theme. The colours have one home, the palette; the style sheet names them. */
export function applyTheme(theme: Theme): void {
  const { style, dataset } = document.documentElement;
  dataset['theme'] = theme;
  style.colorScheme = theme;
  for (const [name, colour] of Object.entries(palettes[theme])) {
    style.setProperty(`--${name}`, colour as string);
  }
}

/** A page from a file may not be allowed to keep anything: then the choice lasts as long as the page. */
export function keepTheme(theme: Theme): void {
  try {
    localStorage.setItem(kept, theme);
  } catch {
    // Nothing depends on it.
  }
}

/** Follows the system until somebody chooses. */
export function followSystem(onChange: (theme: Theme) => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
    if (keptTheme() === null) onChange(matches ? 'dark' : 'light');
  });
}

function keptTheme(): Theme | null {
  try {
    const theme = localStorage.getItem(kept);
    return theme === 'light' || theme === 'dark' ? theme : null;
  } catch {
    return null;
  }
}
