import { drawDetails } from './details.js';
import type { Live, Moves } from './parts.js';
import { makeScene, mostWithEdges } from './scene.js';
import type { State } from './state.js';

/** Draws the state: only what differs from the one before; null: all of it. */
export function show(live: Live, before: State | null, moves: Moves): void {
  const { book, parts, state } = live;
  showDetails(live, moves);
  const differs = (...keys: (keyof State)[]): boolean =>
    before === null || keys.some((key) => before[key] !== state[key]);
  if (differs('view', 'focus', 'depth', 'allEdges')) {
    live.scene = makeScene(book, state, parts.camera.aspect());
    parts.stage.draw(live.scene);
    parts.minimap.draw(live.scene);
    if (differs('view', 'focus', 'depth')) fitScene(live);
    parts.status.textContent = counts(live);
    parts.empty.hidden = live.scene.order.length > 0;
  }
  parts.toolbar.update(state, live.scene);
  parts.stage.mark(state.chosen, state.chosen);
  moveTabStop(live);
}

/** A view is seen whole; a focus that has no room is read from its middle. */
function fitScene({ parts, scene, state }: Live): void {
  const { placed } = scene;
  const box = state.focus === null ? undefined : placed.boxes.get(state.focus);
  if (box === undefined) parts.camera.fit(placed);
  else parts.camera.fitAround(placed, box);
}

function showDetails({ book, parts, state, scene }: Live, moves: Moves): void {
  const { details, camera } = parts;
  const { chosen } = state;
  const wasHidden = details.hidden;
  details.hidden = chosen === null;
  if (wasHidden !== details.hidden) camera.refit(scene.placed);
  if (chosen === null) return;
  const events = {
    onGo: moves.go,
    onFocus: moves.open,
    onClose: () => moves.change({ chosen: null }),
  };
  details.replaceChildren(...drawDetails(book, chosen, state.focus === chosen, events));
  details.scrollTop = 0;
}

/** The drawing is one stop of the Tab key: at the chosen node, else at the first. */
function moveTabStop({ parts, state, scene }: Live): void {
  const { stage } = parts;
  for (const card of stage.root.querySelectorAll('.node[tabindex="0"]')) {
    card.setAttribute('tabindex', '-1');
  }
  const stop = stage.element(state.chosen ?? -1) ?? stage.element(scene.order[0] ?? -1);
  stop?.setAttribute('tabindex', '0');
}

/** What is shown and what is not, in a line. */
function counts({ book, scene }: Live): string {
  const affected = scene.order.filter((node) => book.nodes[node]?.affected === true).length;
  const hidden = scene.edges.length - scene.drawn.length;
  const edges =
    scene.order.length > mostWithEdges
      ? 'edges of what is chosen or pointed at'
      : `${hidden} ${hidden === 1 ? 'edge is' : 'edges are'} left out, as others imply ${hidden === 1 ? 'it' : 'them'}`;
  return [
    `${scene.order.length} shown`,
    ...(affected > 0 ? [`${affected} affected`] : []),
    ...(book.affectedKnown && !book.nodes.some((node) => node.affected)
      ? ['nothing is affected']
      : []),
    ...(hidden > 0 ? [edges] : []),
  ].join(' · ');
}
