/**
 * What Lanewise keeps of a parsed document: where every key and scalar stands and what it says as
 * text. Nothing is converted (a scalar `1.10` stays `1.10`), no alias is followed, nothing is
 * merged. Offsets are UTF-16 units of the source text, a byte-order mark included.
 */
export interface Outline {
  readonly documents: readonly OutlineDocument[];
}

export interface OutlineDocument {
  /** null: an empty document. */
  readonly root: OutlineNode | null;
}

export type OutlineNode = ScalarNode | MapNode | ListNode | AliasNode;

/** `empty`: nothing is written there; the range has no width. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded' | 'empty';

interface Positioned {
  /** Behind anchor and tag; of a block map its first key, of a block list its first dash. */
  readonly start: number;
  /** Of block maps and lists the same as `start`: they end where what is in them ends. */
  readonly end: number;
}

interface Decorated extends Positioned {
  readonly anchor: string | null;
  readonly tag: string | null;
}

export interface ScalarNode extends Decorated {
  readonly kind: 'scalar';
  readonly style: ScalarStyle;
  /** Decoded: quotes and escapes resolved, lines folded, never read as a number or Boolean. */
  readonly text: string;
}

export interface MapNode extends Decorated {
  readonly kind: 'map';
  readonly flow: boolean;
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  /** null: the key is no scalar. */
  readonly key: string | null;
  readonly keyStart: number;
  /** null: there is no colon and so no place for a value (`{ a }`, `? a`). */
  readonly value: OutlineNode | null;
}

export interface ListNode extends Decorated {
  readonly kind: 'list';
  readonly flow: boolean;
  readonly items: readonly OutlineNode[];
}

export interface AliasNode extends Positioned {
  readonly kind: 'alias';
  readonly name: string;
}

/** A parser's refusal: why this text has no outline, and where. */
export interface OutlineFault {
  readonly message: string;
  readonly offset: number;
}

export type OutlineResult =
  | { readonly kind: 'outline'; readonly outline: Outline }
  | { readonly kind: 'fault'; readonly fault: OutlineFault };

/** Visits every node of a tree, parents first. Iterative, as trees may be deep. */
export function* nodesOf(root: OutlineNode | null): Generator<OutlineNode> {
  const stack: OutlineNode[] = root === null ? [] : [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    const below =
      node.kind === 'list'
        ? node.items
        : node.kind === 'map'
          ? node.entries.map(({ value }) => value)
          : [];
    for (let index = below.length - 1; index >= 0; index -= 1) {
      const inside = below[index];
      if (inside) stack.push(inside);
    }
  }
}
