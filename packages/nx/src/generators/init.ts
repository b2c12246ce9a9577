import {
  addDependenciesToPackageJson,
  logger,
  readNxJson,
  updateNxJson,
  type GeneratorCallback,
  type Tree,
} from '@nx/devkit';
import { understandOptions, type LanewisePluginOptions } from '../plugin/options.js';
import { ownVersion } from './own-version.js';
import { proposeConfig } from './propose-config.js';

export interface InitOptions extends LanewisePluginOptions {
  readonly gitops?: string;
  readonly branch?: string;
  readonly environments?: readonly string[];
  readonly ci?: 'github' | 'gitlab';
  readonly skipConfig?: boolean;
  readonly skipPackageJson?: boolean;
  /** Asked by `nx add` of every plugin. */
  readonly keepExistingVersions?: boolean;
}

const plugin = '@lanewise/nx';

/**
 * What `nx add @lanewise/nx` does: the plugin in nx.json, the command in package.json, and a first
 * lanewise.yaml as `lanewise init` decides it. Run again, it changes nothing.
 */
export function initGenerator(tree: Tree, options: InitOptions): GeneratorCallback | undefined {
  // First, as it may fail: then nothing has been written.
  const files = options.skipConfig === true ? [] : proposeConfig(tree, options);
  addPlugin(tree, options);
  for (const { file, text } of files) tree.write(file, text);
  if (files.some(({ file }) => file === 'lanewise.yaml'))
    logger.info("Read lanewise.yaml, then see what it finds with 'npx lanewise status'.");
  return options.skipPackageJson === true ? undefined : addCommand(tree);
}

function addPlugin(tree: Tree, options: InitOptions): void {
  const nxJson = readNxJson(tree);
  if (nxJson === null) throw new Error('The workspace has no nx.json, where plugins are named.');
  const known = (nxJson.plugins ?? []).some(
    (entry) => (typeof entry === 'string' ? entry : entry.plugin) === plugin,
  );
  if (known) return;
  const entry = { plugin, options: { ...pluginOptions(options) } };
  updateNxJson(tree, { ...nxJson, plugins: [...(nxJson.plugins ?? []), entry] });
}

/** Names are written out, so that people see what can be changed; the rest only where it was asked for. */
function pluginOptions(options: InitOptions): LanewisePluginOptions {
  const { releaseTargetName, promoteTargetName } = understandOptions(options);
  return {
    releaseTargetName,
    promoteTargetName,
    ...(options.buildTarget !== undefined && { buildTarget: options.buildTarget }),
    ...(options.releaseDependsOn !== undefined && { releaseDependsOn: options.releaseDependsOn }),
  };
}

/** The command stands in package.json, so that scripts and CI find it with any package manager. */
function addCommand(tree: Tree): GeneratorCallback | undefined {
  if (!tree.exists('package.json')) return undefined;
  return addDependenciesToPackageJson(
    tree,
    {},
    { lanewise: ownVersion(), [plugin]: ownVersion() },
    'package.json',
    true,
  );
}
