import type { FormatTable } from '../format.js';
import { argoApplication } from './argo-application.js';
import { fluxHelmRelease } from './flux-helmrelease.js';
import { fluxMarker } from './flux-marker.js';
import { helmChart } from './helm-chart.js';
import { helmValues } from './helm-values.js';
import { json } from './json.js';
import { kubernetes } from './kubernetes.js';
import { kustomize } from './kustomize.js';
import { text } from './text.js';
import { yaml } from './yaml.js';

/** The formats that Lanewise knows, in the order in which a file's format is looked for. */
export const formats: FormatTable = [
  kustomize,
  helmChart,
  argoApplication,
  fluxHelmRelease,
  kubernetes,
  helmValues,
  json,
  yaml,
  fluxMarker,
  text,
];
