import type { Page } from 'playwright-core';

/** A card of the drawing as it stands there: place and size in the drawing, not on the screen. */
export interface Card {
  readonly name: string;
  readonly kind: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isAffected: boolean;
  readonly isChosen: boolean;
}

/** All cards that are drawn. */
export function readCards(page: Page): Promise<Card[]> {
  return page.evaluate(() => {
    const content = JSON.parse(document.getElementById('content')?.textContent ?? '{}') as {
      nodes: { name: string; kind: string }[];
    };
    return [...document.querySelectorAll('#stage .node')].map((card) => {
      const node = content.nodes[Number(card.getAttribute('data-node'))];
      const [, x = '0', y = '0'] =
        /translate\((\S+) (\S+)\)/.exec(card.getAttribute('transform') ?? '') ?? [];
      const box = card.querySelector('.card');
      return {
        name: node?.name ?? '',
        kind: node?.kind ?? '',
        x: Number(x),
        y: Number(y),
        width: Number(box?.getAttribute('width')),
        height: Number(box?.getAttribute('height')),
        isAffected: card.classList.contains('affected'),
        isChosen: card.classList.contains('chosen'),
      };
    });
  });
}

/** Pairs of cards that cover each other. */
export function overlaps(cards: readonly Card[]): string[] {
  const sorted = [...cards].sort((a, b) => a.x - b.x);
  return sorted.flatMap((one, place) => {
    const found: string[] = [];
    for (const other of sorted.slice(place + 1)) {
      if (other.x >= one.x + one.width) break;
      if (other.y < one.y + one.height && one.y < other.y + other.height) {
        found.push(`${one.name} and ${other.name}`);
      }
    }
    return found;
  });
}

/** How many pixels of the screen one of the drawing takes. */
export function readScale(page: Page): Promise<number> {
  return page.evaluate(
    () => document.querySelector<SVGGElement>('#stage > g')?.getCTM()?.a ?? Number.NaN,
  );
}

/** Names of the projects that edges lead to, over as many steps as asked for, without the start. */
export function reachable(
  edges: readonly { readonly source: string; readonly target: string }[],
  start: string,
  direction: 'down' | 'up',
  steps = Infinity,
): string[] {
  let reached = new Set([start]);
  for (let step = 0; step < steps; step += 1) {
    const next = new Set(reached);
    for (const { source, target } of edges) {
      if (direction === 'down' && reached.has(source)) next.add(target);
      if (direction === 'up' && reached.has(target)) next.add(source);
    }
    if (next.size === reached.size) break;
    reached = next;
  }
  reached.delete(start);
  return [...reached];
}
