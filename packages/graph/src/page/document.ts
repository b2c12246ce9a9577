import { createHash } from 'node:crypto';
import { escapeXml } from './draw-svg.js';
import type { PageContent } from './page-content.js';

/** The page's program and style, made from `browser/` by a bundler. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * One HTML file that needs nothing else and asks nobody: its policy lets only the one script and
 * style in it run, named by their digests, and forbids every connection. The graph is data, never
 * markup: the page shows it as text.
 */
export function pageDocument(content: PageContent, { script, style }: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(pageTitle(content))}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws a graph, and needs JavaScript for it. Nothing is loaded from elsewhere.</noscript>
<div id="app"></div>
<script type="application/json" id="content">${embedJson(content)}</script>
<script>${script}</script>
</body>
</html>
`;
}

export function pageTitle({ title }: PageContent): string {
  return title === '' ? 'Graph' : `${title}: graph`;
}

/** JSON in which nothing can end the element, open a comment, or end a line of a script. */
function embedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
