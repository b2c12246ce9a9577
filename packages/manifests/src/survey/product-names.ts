import { isProductName } from '@lanewise/model';

import { isEnvironmentWord, isRegion } from './environment-words.js';
import { marks } from './mark.js';
import { splitName } from './place-environment.js';

/** The forms in which a product's name stands as a key, where `-` is not usual. */
export function keyForms(product: string): readonly string[] {
  const parts = product.split(/[-_.]/);
  const camel = parts
    .map((part, index) => (index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('');
  const pascal = camel.charAt(0).toUpperCase() + camel.slice(1);
  const snake = parts.join('_');
  return [...new Set([camel, snake, parts.join(''), pascal, snake.toUpperCase()])].filter(
    (form) => form !== product,
  );
}

/** Last part of an image's name: `registry.example.com/acme/docs` is an image of `docs`. */
export function imageBase(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}

/** The registry and folder of an image: what a company's own images have in common. */
export function imageHouse(image: string): string {
  return image.includes('/') ? image.slice(0, image.lastIndexOf('/')) : '';
}

/** `docs-api` is an image of `docs`; so is `acme-docs`. */
export function isImageOf(image: string, product: string): boolean {
  const base = imageBase(image);
  return (
    base === product ||
    (base.length > product.length && markedOff(base, product)) ||
    (product.length > base.length && markedOff(product, base) && base.length > 3)
  );
}

function markedOff(longer: string, shorter: string): boolean {
  return (
    (longer.startsWith(shorter) && /[-_.]/.test(longer.charAt(shorter.length))) ||
    (longer.endsWith(shorter) && /[-_.]/.test(longer.charAt(longer.length - shorter.length - 1)))
  );
}

const usual = new RegExp(
  `^(?:${[
    'apps?|applications?|argocd|argo-cd|argo-cd-apps|flux|flux-system|gitops|clusters?|environments?|envs?|overlays?|stages?|bases?',
    'charts?|helm|helm-charts?|helmfiles?|helmreleases?|releases?|kustomize|kustomization|components?|k8s|kubernetes|manifests?',
    'values|config|configs|configuration|conf|deploy|deployments?|deployment|deploys?|infra|infrastructure|image-tags|tags|images?|versions?|patch|patches',
    'templates?|default|common|shared|global|main|src|tools|services?|products?|projects?|workloads?|tenants|teams|namespaces|resources|objects|kubernetes-manifests|docker-compose|compose|chart|ocirepository|cronjob|job|statefulset|daemonset|rollout|app-of-apps|params|settings|env|version|terraform|live|generic|ci|hack|testdata|tests?',
  ].join('|')})$`,
);

/** Parts of a marked path that may name a product, the likeliest first. */
export function pathNames(marked: string): readonly string[] {
  const segments = marked.split('/');
  const last = segments.length - 1;
  const { stem } = splitName(segments[last] ?? '');
  const environmentAt = segments.findIndex((segment) => segment.includes(marks.env));
  const file = strip(stem);
  const folders = segments.slice(0, last).map(strip);
  const below = folders.filter((_, index) => index > environmentAt).reverse();
  const above = folders.filter((_, index) => index <= environmentAt).reverse();
  return [...new Set([file, ...below, ...above])].filter(
    (name) =>
      !usual.test(name) && isProductName(name) && !isEnvironmentWord(name) && !isRegion(name),
  );
}

/** A segment without the environment's name and without what every file is called. */
function strip(segment: string): string {
  return segment
    .replace(new RegExp(`[-_.]?${marks.env}[-_.]?`), '')
    .replace(/^(?:values|deployment|kustomization|helmrelease|release|patch|image)[-_.]/i, '')
    .replace(
      /[-_.](?:values|deployment|kustomization|helmrelease|release|patch|images?|image-tags?|config|app|application)$/i,
      '',
    );
}
