import { templateWords, type Config } from '@lanewise/model';

/**
 * Names of products that manifests exist for: what stands where the first pin's file has
 * `{product}`. None where the file is named by other words too, as they cannot be read backwards.
 */
export function existingProducts(config: Config, files: Iterable<string>): string[] {
  const template = config.defaults.pins[0]?.file;
  if (template === undefined) return [];
  const words = templateWords(template);
  if (!words.includes('product') || words.some((word) => word !== 'env' && word !== 'product'))
    return [];
  const shape = templateShape(template, [...config.environments.keys()]);
  const names = new Set<string>();
  for (const file of files) {
    const name = shape.exec(file)?.groups?.['product'];
    if (name !== undefined) names.add(name);
  }
  return [...names].sort();
}

/** A regular expression for the paths that a file template can become; its globs included. */
function templateShape(template: string, environments: readonly string[]): RegExp {
  let seen = false;
  const source = template.split(/(\{env\}|\{product\}|\*\*\/?|\*)/).map((part) => {
    if (part === '{env}') return `(?:${environments.map(escape).join('|')})`;
    if (part === '{product}' && seen) return '\\k<product>';
    if (part === '{product}') {
      seen = true;
      return '(?<product>[a-z0-9][a-z0-9._-]*?)';
    }
    if (part.startsWith('**')) return '(?:.*/)?';
    return part === '*' ? '[^/]*' : escape(part);
  });
  return new RegExp(`^${source.join('')}$`);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
