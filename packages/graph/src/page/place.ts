/** Sizes in pixels at zoom 1. */
export const sizes = {
  /** Cards are as wide as their names need, within these. */
  width: 164,
  widest: 236,
  project: 26,
  /** What each line below the name adds. */
  line: 15,
  gap: 7,
  between: 58,
  /** Between the parts of a column that is too tall for one. */
  beside: 12,
} as const;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  readonly boxes: ReadonlyMap<number, Box>;
  readonly width: number;
  readonly height: number;
}

export interface PlaceQuestion {
  readonly columns: readonly (readonly number[])[];
  /** Nodes without edges: a block below the columns. */
  readonly loose: readonly number[];
  readonly edges: readonly (readonly [number, number, ...unknown[]])[];
  readonly heightOf: (node: number) => number;
  /** Of every card. */
  readonly cardWidth: number;
  /** Width by height of the screen. */
  readonly aspect: number;
}

/**
 * Gives each node its place: a column beside the other, centred on what its nodes are tied to. A
 * graph that would be much taller than the screen is folded: columns get several nodes a row, in
 * the same order, so that neighbours stay neighbours.
 */
export function place(question: PlaceQuestion): Placed {
  const { columns, edges, heightOf, cardWidth } = question;
  const tall = Math.max(0, ...columns.map((column) => stackHeight(column, heightOf)));
  const limit = heightLimit(question);
  const boxes = new Map<number, Box>();
  let width = 0;
  for (const column of columns) {
    const across = Math.max(1, Math.ceil(stackHeight(column, heightOf) / limit));
    const left = width === 0 ? 0 : width + sizes.between;
    const stacks = deal(column, across);
    stacks.forEach((stack, number) => {
      const x = left + number * (cardWidth + sizes.beside);
      let y = (Math.min(tall, limit) - stackHeight(stacks[0] ?? [], heightOf)) / 2;
      for (const node of stack) {
        boxes.set(node, { x, y, width: cardWidth, height: heightOf(node) });
        y += heightOf(node) + sizes.gap;
      }
    });
    width = left + Math.min(across, column.length) * (cardWidth + sizes.beside) - sizes.beside;
  }
  const folded = tall > limit;
  if (!folded) straighten(columns, edges, boxes);
  placeLoose(question, boxes, width);
  return normalised(boxes);
}

function stackHeight(column: readonly number[], heightOf: (node: number) => number): number {
  return column.reduce((sum, node) => sum + heightOf(node) + sizes.gap, -sizes.gap);
}

/** The height at which columns, folded where they are taller, are about as wide as the screen has it. */
function heightLimit({ columns, loose, heightOf, cardWidth, aspect }: PlaceQuestion): number {
  const heights = columns.map((column) => stackHeight(column, heightOf));
  const block = stackHeight(loose, heightOf) * (cardWidth + sizes.beside);
  let limit = 640;
  for (; limit < 100_000; limit *= 1.08) {
    const across = heights.map((height) => Math.max(1, Math.ceil(height / limit)));
    const width = across.reduce(
      (sum, count) => sum + count * (cardWidth + sizes.beside) - sizes.beside + sizes.between,
      -sizes.between,
    );
    const height = Math.min(limit, Math.max(0, ...heights)) + block / Math.max(width, 800);
    if (width <= Math.max(height, 640) * aspect * 1.15) break;
  }
  // A little taller than the screen reads better than folded.
  const tallest = Math.max(0, ...heights);
  return tallest <= limit * 1.12 ? Math.max(limit, tallest) : limit;
}

/** Deals nodes out to stacks, one after the other: what was near in the column stays near in height. */
function deal(column: readonly number[], across: number): number[][] {
  return Array.from({ length: across }, (_, stack) =>
    column.filter((_node, place) => place % across === stack),
  );
}

function chunk(column: readonly number[], across: number): number[][] {
  const rows: number[][] = [];
  for (let from = 0; from < column.length; from += across) {
    rows.push(column.slice(from, from + across));
  }
  return rows;
}

/** Moves the nodes of each column towards what they are tied to, keeping order and distance. */
function straighten(
  columns: PlaceQuestion['columns'],
  edges: PlaceQuestion['edges'],
  boxes: Map<number, Box>,
): void {
  const ties = new Map<number, number[]>();
  for (const [source, target] of edges) {
    if (!boxes.has(source) || !boxes.has(target)) continue;
    ties.set(source, [...(ties.get(source) ?? []), target]);
    ties.set(target, [...(ties.get(target) ?? []), source]);
  }
  const rounds = [columns, [...columns].reverse(), columns, [...columns].reverse()];
  for (const column of rounds.flat()) {
    const wished = column.map((node) => wishedTop(node, ties.get(node) ?? [], boxes));
    const tops = spread(column, wished, boxes);
    column.forEach((node, place) => {
      const box = boxes.get(node);
      if (box !== undefined) boxes.set(node, { ...box, y: tops[place] ?? box.y });
    });
  }
}

function wishedTop(node: number, ties: readonly number[], boxes: ReadonlyMap<number, Box>): number {
  const own = boxes.get(node);
  if (own === undefined) return 0;
  const middles = ties.flatMap((tie) => {
    const box = boxes.get(tie);
    return box === undefined ? [] : [box.y + box.height / 2];
  });
  if (middles.length === 0) return own.y;
  return middles.reduce((sum, middle) => sum + middle, 0) / middles.length - own.height / 2;
}

/**
 * The places nearest to the wished ones that keep the order and the gaps: neighbours that would
 * overlap are joined to a block that stands at its mean (pool adjacent violators).
 */
function spread(
  column: readonly number[],
  wished: readonly number[],
  boxes: ReadonlyMap<number, Box>,
): number[] {
  const offsets: number[] = [];
  let offset = 0;
  for (const node of column) {
    offsets.push(offset);
    offset += (boxes.get(node)?.height ?? 0) + sizes.gap;
  }
  const blocks: { sum: number; count: number }[] = [];
  wished.forEach((top, place) => {
    blocks.push({ sum: top - (offsets[place] ?? 0), count: 1 });
    for (let last = blocks.length - 1; last > 0; last -= 1) {
      const [above, below] = [blocks[last - 1], blocks[last]];
      if (above === undefined || below === undefined) break;
      if (above.sum / above.count <= below.sum / below.count) break;
      blocks.splice(last - 1, 2, { sum: above.sum + below.sum, count: above.count + below.count });
    }
  });
  return blocks
    .flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
    .map((base, place) => base + (offsets[place] ?? 0));
}

/** A block of rows: below the columns where these are wide, at their right side where they are tall. */
function placeLoose(
  { loose, heightOf, cardWidth, aspect }: PlaceQuestion,
  boxes: Map<number, Box>,
  width: number,
): void {
  const step = cardWidth + sizes.beside;
  const area = stackHeight(loose, heightOf) * step;
  const placed = [...boxes.values()];
  const top = Math.min(0, ...placed.map(({ y }) => y));
  const height = Math.max(0, ...placed.map((box) => box.y + box.height)) - top;
  const isBeside = placed.length > 0 && width < (height + area / Math.max(width, 1)) * aspect * 0.8;
  const room = isBeside
    ? Math.max((aspect * height - width) * 0.9, Math.sqrt(area * aspect) * 0.5)
    : Math.max(width, Math.sqrt(area * aspect));
  const across = Math.max(1, Math.round(room / step));
  const left = isBeside ? width + sizes.between : 0;
  let y = isBeside || placed.length === 0 ? top : top + height + 48;
  for (const row of chunk(loose, across)) {
    row.forEach((node, place) =>
      boxes.set(node, { x: left + place * step, y, width: cardWidth, height: heightOf(node) }),
    );
    y += Math.max(...row.map(heightOf)) + sizes.gap;
  }
}

function normalised(boxes: ReadonlyMap<number, Box>): Placed {
  const all = [...boxes.values()];
  const top = Math.min(...all.map(({ y }) => y), Infinity);
  if (all.length === 0) return { boxes, width: 0, height: 0 };
  return {
    boxes: new Map(
      [...boxes].map(([node, box]) => [
        node,
        { ...box, x: Math.round(box.x), y: Math.round(box.y - top) },
      ]),
    ),
    width: Math.max(...all.map(({ x, width }) => x + width)),
    height: Math.max(...all.map(({ y, height }) => y + height)) - top,
  };
}
