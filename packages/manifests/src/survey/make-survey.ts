import { isProductName, type RepoPath } from '@lanewise/model';

import { isCandidate } from '../find/candidate.js';
import { findPins } from '../find/find-pins.js';
import type { FoundPin } from '../find/found-pin.js';
import { findEnvironments, type PlacedPaths } from './find-environments.js';
import { findDeployedSources } from '../find/deployed-sources.js';
import { imagesOfVariables, withImage } from '../find/variable-images.js';
import { isEnvironmentWord, splitEnvironment } from './environment-words.js';
import {
  branchesByObjects,
  isEnvironmentBranch,
  otherRepositories,
  readByTemplates,
  toldFiles,
  type ToldFile,
} from './told-by-objects.js';
import { markName } from './common-pins.js';
import { markWord, marks } from './mark.js';
import { orderEnvironments } from './order-environments.js';
import { isSharedFolder, splitName } from './place-environment.js';
import { namesOf, placeProducts, type Names } from './place-products.js';
import { imageBase, pathNames } from './product-names.js';
import { isKnownTag, tagTemplate } from './tag-template.js';
import type {
  KnownProduct,
  Sureness,
  Survey,
  SurveyedPin,
  SurveyedProduct,
  SurveyInput,
  Unplaced,
} from './survey.js';

/**
 * Finds environments, products, images and pins by looking at paths and at the contents of
 * candidates, each with its reason and how sure it is. Pure: the same tree gives the same survey.
 * What cannot be read is passed over; what is found and has no place is told.
 */
export function makeSurvey(input: SurveyInput): Survey {
  const manifests = [...input.manifests].filter(({ file }) => !ofTools.test(file));
  const found = findAll(manifests);
  const paths = [...found.keys()];
  const sources = findDeployedSources(manifests);
  const told = toldFiles(sources, paths);
  const placed = findEnvironments(paths, readByTemplates(sources, paths));
  const names = namesOf(
    knownNames(input.products, found),
    [...found.values()].flat().flatMap(({ image }) => (image === null ? [] : [image])),
  );
  const looked = paths.map((file) =>
    lookAtFile(file, found.get(file) ?? [], { placed, told, names, only: isOnly(placed, told) }),
  );
  const cells = keepBestTier(sayWhere(looked.flatMap(({ pins }) => pins)));
  const environments = orderEnvironments(environmentReasons(cells.kept));
  const order = new Map(environments.map(({ name }, index) => [name, index]));
  const pins = raiseByLayout([...cells.kept].sort((a, b) => comparePins(a, b, order)));
  return {
    environments,
    pins: pins.map(({ environmentWhy: _, ...pin }) => pin),
    products: productsOf(pins, input.products),
    unplaced: [
      ...looked.flatMap(({ unplaced }) => unplaced),
      ...cells.dropped,
      ...withoutPins(pins, input.products),
      ...oddTags(pins),
      ...branchNotes([...(input.branches ?? []), ...branchesByObjects(sources)]),
      ...otherRepositories(sources, input.addresses ?? []),
    ],
    files: input.files,
  };
}

interface LookedPin extends SurveyedPin {
  readonly environmentWhy: string;
}

/** Files that tell a tool what to do, and no cluster what to run. */
const ofTools =
  /^(?:\.github|\.gitlab|\.circleci|\.lanewise|\.devcontainer)\/|(?:^|\/)(?:lanewise(?:\.policy)?\.ya?ml|\.gitlab-ci\.yml|(?:project|nx)\.json)$/;

function findAll(manifests: SurveyInput['manifests']): Map<RepoPath, readonly FoundPin[]> {
  const found = new Map<RepoPath, readonly FoundPin[]>();
  const images = imagesOfVariables(manifests);
  for (const manifest of manifests) {
    if (!isCandidate(manifest.file, manifest.bytes)) continue;
    const pins = withoutMarkers(findPins(manifest)).filter(isVersioned).map(withImage(images));
    if (pins.length > 0) found.set(manifest.file, pins);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A revision that is a branch is no version that could be pinned. */
function isVersioned({ holds, text }: FoundPin): boolean {
  return holds !== 'revision' || /\d/.test(text);
}

/** A marker of Flux tells of a place that its own format knows better: one of the two is kept. */
function withoutMarkers(pins: readonly FoundPin[]): FoundPin[] {
  const isMarker = ({ selector }: FoundPin): boolean => selector.format === 'flux-marker';
  const lines = new Set(pins.filter((pin) => !isMarker(pin)).map(({ line }) => line));
  return pins.filter(
    (pin) =>
      !isMarker(pin) || (!lines.has(pin.line) && !(pin.selector.path ?? '').endsWith(':name')),
  );
}

/** Names that the workspace gives. Where manifests use none of them they would only hide what is there. */
function knownNames(
  products: readonly KnownProduct[],
  found: ReadonlyMap<RepoPath, readonly FoundPin[]>,
): readonly string[] {
  const names = products
    .map(({ name }) => name)
    .filter((name) => isProductName(name) && !isEnvironmentWord(name));
  const known = new Set(names);
  const isUsed = [...found].some(
    ([file, pins]) =>
      pathNames(file).some((name) => known.has(name)) ||
      pins.some(({ image }) => image !== null && known.has(imageBase(image))) ||
      file.split('/').some((segment) => known.has(splitName(segment).stem)),
  );
  return isUsed || found.size === 0 ? names : [];
}

interface Surroundings {
  readonly placed: PlacedPaths;
  /** What objects of Argo CD and Flux say of files. */
  readonly told: ReadonlyMap<string, ToldFile>;
  readonly names: Names;
  /** No path of the tree names an environment: everything stands in one. */
  readonly only: boolean;
}

function lookAtFile(
  file: RepoPath,
  pins: readonly FoundPin[],
  { placed, told, names, only }: Surroundings,
): { readonly pins: readonly LookedPin[]; readonly unplaced: readonly Unplaced[] } {
  const place = placed.get(file);
  const mixed = new Set(pins.map(({ selector }) => selector.format)).size > 1;
  const looked: LookedPin[] = [];
  const unplaced: Unplaced[] = [];
  const object = told.get(file);
  for (const one of placeProducts(pins, place?.marked ?? file, names, object)) {
    const { pin } = one;
    if (one.kind === 'unplaced') {
      unplaced.push(notPlaced(file, pin, one.why));
      continue;
    }
    const inside = place === undefined ? environmentInside(pin) : null;
    const byObject = object?.environment ?? null;
    const name = place?.name ?? inside ?? byObject ?? (only ? onlyEnvironment : null);
    if (name === null) {
      unplaced.push(notPlaced(file, pin, whyNoEnvironment(file)));
      continue;
    }
    const byPin = inside === null ? 'the only one' : `'${inside}' in the pin's path`;
    const why = place?.why ?? (inside === null && byObject !== null ? (object?.why ?? '') : byPin);
    looked.push({
      product: one.product,
      environment: name,
      file,
      selector: pin.selector,
      text: pin.text,
      line: pin.line,
      image: pin.image,
      holds: pin.holds,
      needsFormat: mixed || pin.selector.format === 'flux-marker',
      sureness: least(
        one.sureness,
        place === undefined
          ? byObject === null
            ? 'perhaps'
            : 'likely'
          : place.strength === 'told'
            ? 'sure'
            : 'likely',
      ),
      why: one.why,
      environmentWhy: why,
      shape: shapeOf(place?.marked ?? file, pin, only && inside === null ? '' : name),
    });
  }
  return { pins: looked, unplaced };
}

/** What a tree that names no environment is called: one set of manifests usually is production. */
const onlyEnvironment = 'prod';

function isOnly(placed: PlacedPaths, told: ReadonlyMap<string, ToldFile>): boolean {
  return placed.size === 0 && [...told.values()].every(({ environment }) => environment === null);
}

/**
 * A product's place that no part of its path tells the environment of belongs to that environment
 * alone, which has to be said where the product has others.
 */
function sayWhere(pins: readonly LookedPin[]): readonly LookedPin[] {
  const environments = new Map<string, Set<string>>();
  for (const { product, environment } of pins)
    environments.set(product, (environments.get(product) ?? new Set()).add(environment));
  return pins.map((pin) => {
    const { product, environment, shape } = pin;
    const texts = [shape.file, shape.path, shape.document?.name ?? ''];
    const isTold = texts.some((text) => text.includes(marks.env));
    if (isTold || (environments.get(product)?.size ?? 0) < 2) return pin;
    return { ...pin, shape: { ...shape, only: environment } };
  });
}

function shapeOf(file: string, { selector }: FoundPin, environment: string): SurveyedPin['shape'] {
  const mark = (text: string): string => markWord(text, environment, marks.env);
  const markEnd = (text: string): string => {
    const split = splitEnvironment(text);
    return split?.name === environment ? `${split.before}${marks.env}${split.after}` : mark(text);
  };
  const { kind, name } = selector.document ?? {};
  return {
    file,
    path: mark(selector.path ?? ''),
    document:
      selector.document === undefined
        ? null
        : {
            ...(kind !== undefined && { kind }),
            ...(name !== undefined && { name: markEnd(name) }),
          },
  };
}

/** The environment that the pin's own path or document names, where the file names none. */
function environmentInside({ selector }: FoundPin): string | null {
  const steps = (selector.path ?? '').split(/[.[\]=]+/);
  const document = splitEnvironment(selector.document?.name ?? '')?.name;
  return steps.find(isEnvironmentWord) ?? document ?? null;
}

function whyNoEnvironment(file: string): string {
  return isSharedFolder(file)
    ? 'the file is shared by several environments: a pin belongs to one'
    : 'its path names no environment';
}

function notPlaced(file: string, pin: FoundPin, why: string): Unplaced {
  const where = pin.selector.path ?? pin.selector.image ?? '';
  return { what: `${where}: '${pin.text}'`, file, line: pin.line, why };
}

function least(one: Sureness, other: Sureness): Sureness {
  const order: readonly Sureness[] = ['perhaps', 'likely', 'sure'];
  return order[Math.min(order.indexOf(one), order.indexOf(other))] ?? 'perhaps';
}

/** A product with image tags is pinned by them; versions of charts and revisions count where there is nothing else. */
function keepBestTier(pins: readonly LookedPin[]): {
  readonly kept: readonly LookedPin[];
  readonly dropped: readonly Unplaced[];
} {
  const tier = ({ holds }: LookedPin): number =>
    holds === 'version' ? 1 : holds === 'revision' ? 2 : 0;
  const best = new Map<string, number>();
  for (const pin of pins) best.set(pin.product, Math.min(best.get(pin.product) ?? 9, tier(pin)));
  const isKept = (pin: LookedPin): boolean => tier(pin) === best.get(pin.product);
  return {
    kept: pins.filter(isKept),
    dropped: pins
      .filter((pin) => !isKept(pin))
      .map((pin) => ({
        what: `${pin.selector.path ?? ''}: '${pin.text}'`,
        file: pin.file,
        line: pin.line,
        why: `${pin.product} is pinned by its image`,
      })),
  };
}

/** What only looks like a name is one where several stand in the same place, in several environments. */
function raiseByLayout(pins: readonly LookedPin[]): readonly LookedPin[] {
  const layoutOf = ({ shape, product }: LookedPin): string =>
    JSON.stringify([markName(shape.file, product), markName(shape.path, product)]);
  const seen = new Map<string, { products: Set<string>; environments: Set<string> }>();
  for (const pin of pins) {
    const key = layoutOf(pin);
    const one = seen.get(key) ?? { products: new Set(), environments: new Set() };
    one.products.add(pin.product);
    one.environments.add(pin.environment);
    seen.set(key, one);
  }
  return pins.map((pin) => {
    const layout = seen.get(layoutOf(pin));
    const isShared = (layout?.products.size ?? 0) > 1 && (layout?.environments.size ?? 0) > 1;
    return pin.sureness === 'perhaps' && isShared ? { ...pin, sureness: 'likely' } : pin;
  });
}

function environmentReasons(pins: readonly LookedPin[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const { environment, environmentWhy } of pins)
    if (!reasons.has(environment)) reasons.set(environment, environmentWhy);
  return reasons;
}

function comparePins(a: SurveyedPin, b: SurveyedPin, order: ReadonlyMap<string, number>): number {
  if (a.product !== b.product) return a.product < b.product ? -1 : 1;
  const environments = (order.get(a.environment) ?? 0) - (order.get(b.environment) ?? 0);
  if (environments !== 0) return environments;
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}

function productsOf(
  pins: readonly SurveyedPin[],
  known: readonly KnownProduct[],
): SurveyedProduct[] {
  const byName = new Map(known.map((one) => [one.name, one]));
  const images = new Map<string, string[]>();
  for (const { product, image } of pins) {
    const own = images.get(product) ?? [];
    if (image !== null) own.push(image);
    images.set(product, own);
  }
  const names =
    images.size > 0
      ? [...images.keys()]
      : known.filter(({ deployable }) => deployable).map(({ name }) => name);
  return names.sort().map((name) => {
    const one = byName.get(name);
    return {
      name,
      root: one?.root ?? null,
      images: byFrequency(images.get(name) ?? []),
      why: one?.why ?? 'named by manifests',
    };
  });
}

function byFrequency(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([value]) => value);
}

function withoutPins(pins: readonly SurveyedPin[], known: readonly KnownProduct[]): Unplaced[] {
  const pinned = new Set(pins.map(({ product }) => product));
  return known
    .filter(({ name, deployable }) => deployable && !pinned.has(name))
    .map(({ name, root, why }) => ({
      what: name,
      file: root,
      line: null,
      why: `${why}, and no manifest names it together with an environment`,
    }));
}

/** Tags that no template can make, told once: the next release would be written in another shape. */
function oddTags(pins: readonly SurveyedPin[]): Unplaced[] {
  const shapes = new Map<string, string[]>();
  for (const { product, text } of pins) shapes.set(product, [...(shapes.get(product) ?? []), text]);
  const odd = pins.filter(
    ({ holds, text, product }) =>
      holds === 'tag' && !isKnownTag(text) && tagTemplate(shapes.get(product) ?? []) === '',
  );
  const [first] = odd;
  if (first === undefined) return [];
  const names = [...new Set(odd.map(({ product }) => product))];
  const list =
    names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
  return [
    {
      what: `how tags such as '${first.text}' are made`,
      file: first.file,
      line: first.line,
      why: `the next release of ${list} would be written as its version; if the image's tag is another, say so with image: under products, such as "registry.example.com/${first.product}:main-{commit:7}"`,
    },
  ];
}

/** Environments in branches are told once, with what a team would write instead. */
function branchNotes(branches: readonly string[]): Unplaced[] {
  const kept = [...new Set(branches.filter(isEnvironmentBranch))].sort();
  if (kept.length === 0) return [];
  const names = kept.map((branch) => branch.slice(branch.lastIndexOf('/') + 1));
  return [
    {
      what: `${kept.length === 1 ? 'branch' : 'branches'} ${kept.join(', ')}`,
      file: null,
      line: null,
      why: `an environment kept in a branch of its own is not supported yet: keep a folder for each in one branch, then write file: "{env}/{product}/values.yaml" for the pins and environments: { ${names.map((name) => `${name}: {}`).join(', ')} }`,
    },
  ];
}
