import type { Command } from 'commander';
import { LanewiseError, parseProductName, show } from '@lanewise/model';
import type { PinState } from '@lanewise/promotion';
import type { Answer, Call, CommandModule } from '../command.js';
import { collect } from '../collect.js';
import { parseEditLines, parseTypedEdits, type EditOptions } from '../edits/parse-edit.js';
import { runEdits, type FileOutcome } from '../edits/run-edits.js';
import { requireProduct, requireTarget } from '../parse-names.js';
import { renderEdits, renderRefusals } from '../render/edits.js';
import { renderPinTable } from '../render/pins.js';

interface Options extends EditOptions {
  readonly env?: string;
  readonly product?: readonly string[];
  readonly stdin?: boolean;
  readonly dryRun?: boolean;
}

export const pins: CommandModule = {
  help: {
    about:
      "Lists every pin with the value that stands there at the head of the GitOps branch. 'pins set' writes values into any manifest of the working directory, byte for byte: comments, quotes and the order of keys stay. It needs no configuration and no repository; what cannot be written safely is refused.",
    examples: [
      ['lanewise pins --env prod', 'what is pinned in prod'],
      ['lanewise pins set apps/prod/docs/values.yaml image.tag=1.4.2', 'write one value'],
      [
        "lanewise pins set kustomization.yaml 'images[name=docs].newTag=1.4.2' --dry-run",
        'show the diff only',
      ],
      ['lanewise pins set --stdin < edits.jsonl', 'thousands of files in one process'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('[action]', "'set' to write values; without it pins are listed")
      .argument('[edit...]', 'the file, then PATH=VALUE, as often as needed')
      .option('--env <environment>', 'list this environment or group only')
      .option('--product <name>', 'list this product only; may be repeated', collect)
      .option('--stdin', 'set: read edits from standard input, one JSON object a line')
      .option('--document <kind/name>', 'set: which document of a file with several')
      .option('--format <format>', 'set: read the file in this format')
      .option('--create', 'set: insert a key that is missing')
      .option('--text', 'set: take every value as text, numbers and switches too')
      .option('--dry-run', 'set: write nothing, and show the diff');
  },
  run: (call) => {
    const [action] = call.arguments;
    if (action === undefined) return list(call);
    if (action === 'set') return set(call);
    throw new LanewiseError('USAGE', `'pins' cannot ${show(action)}.`, {
      hint: "'lanewise pins' lists pins, 'lanewise pins set FILE PATH=VALUE' writes values.",
    });
  },
};

async function list(call: Call): Promise<Answer> {
  const [{ openPromotionSources }, { withWorkspace }, { observePromotion }] = await Promise.all([
    import('../context/promotion-sources.js'),
    import('../context/workspace.js'),
    import('@lanewise/promotion'),
  ]);
  const { env, product = [] } = call.options as Options;
  return withWorkspace(call, async (workspace) => {
    const sources = await openPromotionSources(call, workspace, 'looking');
    const named = product.map((name) => requireProduct(parseProductName(name), sources.products));
    const wanted =
      env === undefined ? null : sources.config.targets.get(requireTarget(env, sources.config));
    const scope = {
      products: named.length === 0 ? null : named,
      history: false,
      requests: false,
    };
    const state = await observePromotion(sources, scope, call.shell.now());
    const order = [...state.config.environments.keys()];
    const found = [...state.cells.values()]
      .filter(({ environment }) => wanted?.includes(environment) !== false)
      .sort((a, b) =>
        a.product === b.product
          ? order.indexOf(a.environment) - order.indexOf(b.environment)
          : a.product < b.product
            ? -1
            : 1,
      )
      .flatMap((cell) => cell.pins);
    return listed(found, state.branch.replace(/^refs\/heads\//, ''));
  });
}

function listed(found: readonly PinState[], branch: string): Answer {
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/pins/1',
      branch,
      pins: found.map(({ pin, value }) => ({
        product: pin.product,
        environment: pin.environment,
        file: pin.file,
        path: pin.selector.path ?? null,
        image: pin.selector.image ?? null,
        document: pin.selector.document ?? null,
        format: pin.selector.format ?? null,
        line: value.kind === 'value' ? value.line : null,
        value: value.kind === 'value' ? value.text : null,
        problem: value.kind === 'value' ? null : value.message,
      })),
    },
    text: (view) => renderPinTable(found, view),
  };
}

async function set(call: Call): Promise<Answer> {
  const options = call.options as Options;
  const words = call.arguments.slice(1);
  const asked =
    options.stdin === true ? await readEdits(call, words) : parseTypedEdits(words, options);
  return edited(await runEdits(call, asked, options.dryRun === true), options.dryRun === true);
}

async function readEdits({ shell }: Call, words: readonly string[]) {
  if (words.length > 0) {
    throw new LanewiseError(
      'USAGE',
      "'pins set --stdin' takes its edits from standard input only.",
      {
        hint: `Leave out ${show(words.join(' '))}, or leave out --stdin.`,
      },
    );
  }
  return parseEditLines((await shell.readInput?.()) ?? '');
}

function edited(outcomes: readonly FileOutcome[], dryRun: boolean): Answer {
  const refused = outcomes.some(({ kind }) => kind === 'refused');
  return {
    exitCode: refused ? 1 : 0,
    json: {
      schema: 'lanewise.dev/edits/1',
      dryRun,
      files: outcomes.map((outcome) =>
        outcome.kind === 'refused'
          ? {
              file: outcome.file,
              outcome: 'refused',
              code: outcome.error.code,
              message: outcome.error.message,
              hint: outcome.error.hint ?? null,
              line: outcome.error.place?.line ?? null,
            }
          : {
              file: outcome.file,
              outcome: outcome.kind,
              changes: outcome.changes,
              diff: outcome.diff,
            },
      ),
    },
    text: (view) => renderEdits(outcomes, view),
    remarks: (view) => renderRefusals(outcomes, view),
  };
}
