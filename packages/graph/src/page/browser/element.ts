/** Builds elements by the DOM only: text stays text, whatever it holds. */
type Child = Node | string | null;

export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** Makes an HTML element. `true` sets an empty attribute; `false` and null leave it out. */
export function html<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Makes an SVG element. */
export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button with a name for everybody: what it shows, and what it is called. */
export function button(
  label: string,
  onClick: () => void,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLButtonElement {
  const shown = children.length === 0 ? [label] : children;
  const element = html('button', { type: 'button', ...attributes }, ...shown);
  if (children.length > 0) {
    element.setAttribute('aria-label', label);
    element.title = label;
  }
  element.addEventListener('click', onClick);
  return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}
