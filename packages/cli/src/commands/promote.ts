import { Option, type Command } from 'commander';
import { LanewiseError, parseCommitId, type Images, type ProductName } from '@lanewise/model';
import type {
  GateName,
  NamedPromotion,
  PromotionRequest,
  PromotionSources,
} from '@lanewise/promotion';
import { parseToldImages, type ToldImages } from '@lanewise/release';
import type { Call, CommandModule } from '../command.js';
import { collect } from '../collect.js';
import { parseProductAtVersion, requireProduct, requireTarget } from '../parse-names.js';
import { runPromotion } from '../run-promotion.js';

interface Options {
  readonly to?: string;
  readonly ready?: boolean;
  readonly tag?: readonly string[];
  readonly again?: boolean;
  readonly image?: readonly string[];
  readonly source?: string;
  readonly force?: readonly GateName[];
  readonly reason?: string;
}

export const promote: CommandModule = {
  help: {
    about:
      "Changes the product's pins in the environment's manifests, in one commit per product and environment. Without a version the candidate goes: the newest release whose gates are open. What a gate holds is shown with the reason, and ends with exit code 3.",
    examples: [
      ['lanewise promote docs@1.4.2 --to prod', 'bring one release to one environment'],
      [
        'lanewise promote docs --to prod --dry-run',
        'show what would go, with the answers of all gates',
      ],
      ['lanewise promote --ready', 'bring forward all that may go forward: for a schedule'],
      [
        "lanewise promote docs@1.4.2 --to prod --force soak --reason 'hotfix for the login'",
        'pass a gate; it is recorded',
      ],
    ],
  },
  declare: (command: Command) => {
    command
      .argument(
        '[products...]',
        'PRODUCT or PRODUCT@VERSION; a version may be 7 or more digits of its commit',
      )
      .option('--to <environment>', 'the environment or group')
      .option('--ready', 'all products, wherever gates are open, and open environment tags')
      .option(
        '--tag <name>',
        'take up this environment tag, such as prod/docs@1.4.2; repeatable',
        collect,
      )
      .option('--again', 'repeat what runs there: an empty commit, for a delivery that got stuck')
      .option(
        '--image <product=reference>',
        'an image built for this environment; repeatable',
        collect,
      )
      .option('--source <commit>', 'the commit that the told image was built from')
      .addOption(
        new Option('--force <gate>', 'pass this gate; needs --reason')
          .choices(['contains', 'after', 'soak', 'lock', 'dependencies'])
          .argParser(collectGate),
      )
      .option('--reason <text>', 'why; recorded in the commit')
      .option('--dry-run', 'show the plan and write nothing')
      .option(
        '--save-plan <file>',
        'write the plan to a file for lanewise apply, and nothing else',
      );
  },
  run: (call) => runPromotion(call, (sources) => makeRequest(call, sources), namedBy(call)),
};

const gates: readonly GateName[] = ['contains', 'after', 'soak', 'lock', 'dependencies'];

function collectGate(value: string, before: readonly GateName[] = []): readonly GateName[] {
  const gate = gates.find((name) => name === value);
  if (gate !== undefined) return [...before, gate];
  throw new LanewiseError('USAGE', `There is no gate '${value}'.`, {
    hint: `Gates are: ${gates.join(', ')}.`,
  });
}

/** The products that a promotion by name is about; null where tags or gates decide. */
function namedBy(call: Call): readonly ProductName[] | null {
  const { tag, ready } = call.options as Options;
  if (tag !== undefined || ready === true) return null;
  return call.arguments.map((text) => parseProductAtVersion(text).product);
}

function makeRequest(call: Call, { config, products }: PromotionSources): PromotionRequest {
  const options = call.options as Options;
  const named = call.arguments.map(parseProductAtVersion);
  named.forEach(({ product }) => requireProduct(product, products));
  refuseMixture(options, call.arguments);
  if (options.tag !== undefined) return { kind: 'tag', tags: options.tag };
  if (options.ready === true) {
    const only = named.map(({ product }) => product);
    return { kind: 'ready', products: only.length === 0 ? null : only, released: null };
  }
  const reason = options.reason ?? null;
  return {
    kind: 'name',
    promotions: named.map((one) => withImages(one, options)),
    to: requireTarget(options.to ?? '', config),
    force: (options.force ?? []).map((gate) => ({ gate, reason: reason ?? '' })),
    reason,
    again: options.again === true,
  };
}

function withImages(
  named: Pick<NamedPromotion, 'product' | 'version'>,
  options: Options,
): NamedPromotion {
  const told = parseToldImages(options.image ?? []);
  return {
    ...named,
    images: imagesOf(told, named.product),
    builtFrom: options.source === undefined ? null : parseCommitId(options.source),
  };
}

function imagesOf(told: ToldImages, product: ProductName): Images | null {
  const images = told.get(product);
  return images === undefined ? null : Object.fromEntries(images);
}

/** One command does one thing: what is asked by name, by tag, or whatever is ready. */
function refuseMixture(options: Options, named: readonly string[]): void {
  const wrong = mixture(options, named);
  if (wrong !== null) throw new LanewiseError('USAGE', wrong[0], { hint: wrong[1] });
}

function mixture(options: Options, named: readonly string[]): readonly [string, string] | null {
  const { to, ready, tag, force, reason, image, source } = options;
  const ways = [to !== undefined, ready === true, tag !== undefined].filter(Boolean).length;
  if (ways > 1) return ['--to, --ready and --tag exclude each other.', 'Use one of them.'];
  if (ways === 0)
    return [
      named.length === 0 ? 'Nothing says what is promoted where.' : 'No environment is named.',
      named.length === 0
        ? "Write 'lanewise promote PRODUCT --to ENVIRONMENT', or 'lanewise promote --ready'."
        : `Say where with --to: 'lanewise promote ${named.join(' ')} --to ENVIRONMENT'.`,
    ];
  if (to !== undefined && named.length === 0)
    return ['No product is named.', `Write 'lanewise promote PRODUCT --to ${to}'.`];
  if (tag !== undefined && named.length > 0)
    return ['A product is named beside --tag.', 'An environment tag names its product itself.'];
  if (force !== undefined && to === undefined)
    return ['--force is for a promotion by name.', 'Name the product and --to.'];
  if (force !== undefined && (reason ?? '').trim() === '')
    return [
      'A gate is forced without a reason.',
      "Say why with --reason '…': it is recorded in the commit.",
    ];
  if ((image !== undefined || source !== undefined) && to === undefined)
    return ['--image and --source are for a promotion by name.', 'Name the product and --to.'];
  return null;
}
