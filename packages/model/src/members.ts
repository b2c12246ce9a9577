import type { Config, PinConfig, ProductConfig } from './config.js';
import type { ProductName, ProjectName } from './ids.js';
import { productConfig } from './parse-config.js';
import { bindTemplate } from './template.js';

/** One of the projects that a group puts together. */
export interface Member {
  /** What it would be called as a product of its own. */
  readonly name: ProductName;
  readonly project: ProjectName;
}

/** A product as templates need to know it. */
export interface NamedProduct {
  readonly name: ProductName;
  readonly project: ProjectName | null;
  /** Absent: it is no group. */
  readonly members?: readonly Member[];
}

/**
 * What is configured for a product, a group's members included: templates of images and pins are
 * those of each member, so that `{product}` and `{project}` mean the member there and `{group}` the
 * group. What `products.each` says under a member's name holds for that member. The image that a
 * member calls `main` is called by the member's name, another one `member/name`.
 */
export function configOf(config: Config, product: NamedProduct): ProductConfig {
  const own = productConfig(config, product.name);
  if (product.members === undefined) return own;
  const members = product.members.map((member) => memberConfig(config, own, member));
  return {
    ...own,
    images: Object.assign({}, ...members.map(({ images }) => images)) as ProductConfig['images'],
    pins: distinctPins(members.flatMap(({ pins }) => pins)),
    inputs: [...new Set([...own.inputs, ...members.flatMap(({ inputs }) => inputs)])],
    needs: [...new Set([...own.needs, ...members.flatMap(({ needs }) => needs)])].filter(
      (need) => need !== product.name && !product.members?.some(({ name }) => name === need),
    ),
  };
}

/** The name of a member's image among those of its group. */
export function memberImage(member: ProductName, image: string): string {
  return image === 'main' ? member : `${member}/${image}`;
}

function memberConfig(
  config: Config,
  group: ProductConfig,
  { name, project }: Member,
): Pick<ProductConfig, 'images' | 'pins' | 'inputs' | 'needs'> {
  const said = config.products.get(name) ?? group;
  const vars = { ...group.vars, ...said.vars };
  const words = { ...vars, product: name, project, group: group.name };
  const fill = (template: string): string => bindTemplate(template, words);
  return {
    images: Object.fromEntries(
      Object.entries(said.images).map(([image, template]) => [
        memberImage(name, image),
        fill(template),
      ]),
    ),
    pins: said.pins.map((pin) => ({
      ...bindPin(pin, fill),
      of: memberImage(name, pin.of),
      member: name,
    })),
    inputs: said.inputs,
    needs: said.needs,
  };
}

function bindPin(pin: PinConfig, fill: (template: string) => string): PinConfig {
  const { document, path, image, value } = pin;
  return {
    ...pin,
    file: fill(pin.file),
    value: typeof value === 'string' ? fill(value) : value,
    ...(path !== undefined && { path: fill(path) }),
    ...(image !== undefined && { image: fill(image) }),
    ...(document !== undefined && {
      document: {
        ...(document.kind !== undefined && { kind: fill(document.kind) }),
        ...(document.name !== undefined && { name: fill(document.name) }),
      },
    }),
  };
}

/** A place that no word of a member tells apart is one pin of the group. */
function distinctPins(pins: readonly PinConfig[]): readonly PinConfig[] {
  const known = new Map<string, PinConfig>();
  for (const pin of pins) {
    const { file, document, path, image } = pin;
    const key = JSON.stringify([file, document ?? null, path ?? null, image ?? null]);
    if (!known.has(key)) known.set(key, pin);
  }
  return [...known.values()];
}
