import type { PinTemplate, ProposedEnvironment, ProposedProduct, Proposal } from './propose.js';

export interface Gitops {
  readonly repository: string;
  readonly branch: string;
}

/** The text of a first `lanewise.yaml`: what is common once, and what differs by product. */
export function writeConfig(proposal: Proposal, gitops: Gitops | null, isNx: boolean): string {
  const sections = [
    '# What Lanewise releases and promotes. Every key: docs/configuration.md\n',
    gitops === null
      ? ''
      : `gitops: { repository: ${quote(gitops.repository)}, branch: ${quote(gitops.branch)} }\n\n`,
    writeProducts(proposal, isNx),
    '\n',
    writeEnvironments(proposal.environments),
  ];
  return sections.join('');
}

function writeProducts({ products, pin, image }: Proposal, isNx: boolean): string {
  if (products.length === 0) {
    return '# No product was found. Name them, and where each is pinned:\nproducts: {}\n';
  }
  const lines = ['products:'];
  const known = products.filter(({ isProject }) => isNx && isProject);
  if (known.length > 0) lines.push(`  select: [${known.map(({ name }) => name).join(', ')}]`);
  if (image !== null) lines.push(`  image: ${quote(image)}`);
  if (pin !== null) lines.push(`  pins: [${writePin(pin)}]`);
  const each = products.filter((one) => differs(one, isNx));
  if (each.length > 0)
    lines.push('  each:', ...each.map((one) => `    ${one.name}: ${writeProduct(one, isNx)}`));
  return `${lines.join('\n')}\n`;
}

/** A product needs words of its own where it is pinned otherwise, or is no project of Nx. */
function differs({ pin, image, isProject }: ProposedProduct, isNx: boolean): boolean {
  return pin !== null || image !== null || !isNx || !isProject;
}

function writeProduct({ pin, image, root, isProject }: ProposedProduct, isNx: boolean): string {
  const words = [
    ...(isNx && isProject ? [] : root === null ? [] : [`root: ${quote(root)}`]),
    ...(image === null ? [] : [`image: ${quote(image)}`]),
    ...(pin === null ? [] : [`pins: [${writePin(pin)}]`]),
  ];
  return words.length === 0 ? '{}' : `{ ${words.join(', ')} }`;
}

function writePin(pin: PinTemplate): string {
  const where =
    'path' in pin ? `path: ${quote(pin.path)}` : `format: kustomize, image: ${quote(pin.image)}`;
  return `{ file: ${quote(pin.file)}, ${where} }`;
}

function writeEnvironments(environments: readonly ProposedEnvironment[]): string {
  if (environments.length === 0)
    return '# No environment was found. Name them in the order in which releases pass them:\nenvironments:\n  dev: {}\n';
  const last = environments.at(-1)?.after;
  const lines = environments.map(({ name, after, group }) => {
    const isMiddle = after !== null && after !== last;
    const words = [
      ...(after === null ? [] : [`after: ${after}`]),
      ...(isMiddle ? ['on: ready'] : []),
      ...(group === null ? [] : [`group: ${group}`]),
    ];
    const written = `  ${name}: ${words.length === 0 ? '{}' : `{ ${words.join(', ')} }`}`;
    return `${written.padEnd(44)}# ${meaning(after, isMiddle)}`;
  });
  return ['environments:', ...lines, ''].join('\n');
}

function meaning(after: string | null, isMiddle: boolean): string {
  if (after === null) return 'every release lands here';
  return isMiddle ? 'lands by itself once it has run there before' : 'when somebody says so';
}

/** Plain where YAML reads the text as itself, else in double quotes. */
function quote(text: string): string {
  return /^[A-Za-z/][\w./@-]*$/.test(text) && !/^(?:true|false|yes|no|null|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
