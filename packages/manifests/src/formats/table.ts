import type { FormatTable } from '../format.js';
import { helmValues } from './helm-values.js';
import { json } from './json.js';
import { kustomize } from './kustomize.js';
import { yaml } from './yaml.js';

/** The formats that Lanewise knows, in the order in which a file's format is looked for. */
export const formats: FormatTable = [kustomize, helmValues, json, yaml];
