import { placed, type ConfigSource } from './config-source.js';
import type { Config, EnvironmentConfig } from './config.js';
import type { WrittenConfig, WrittenEnvironment } from './config-schema.js';
import { parseDuration } from './duration.js';
import { LanewiseError } from './errors.js';
import { branchRef, parseEnvironmentName, type EnvironmentName } from './ids.js';
import { didYouMean } from './suggest.js';
import { templateWords } from './template.js';
import { textsOf } from './vars.js';

type Written = NonNullable<WrittenConfig['environments']>;
type Understood = Pick<Config, 'environments' | 'targets'>;

/** Environments in the order of their DAG, groups resolved. Throws CONFIG_INVALID, ENVIRONMENT_UNKNOWN, CONFIG_COLLISION, NOT_YET. */
export function understandEnvironments(written: Written, source: ConfigSource): Understood {
  const names = Object.keys(written).map((key) =>
    placed(source, ['environments', key], () => parseEnvironmentName(key)),
  );
  const targets = resolveTargets(names, written, source);
  const branch = (source.value as WrittenConfig).gitops?.branch ?? 'main';
  const unordered = names.map((name) =>
    understand(name, written[name] ?? {}, targets, branch, source),
  );
  return { environments: inOrder(unordered, source), targets };
}

function resolveTargets(
  names: readonly EnvironmentName[],
  written: Written,
  source: ConfigSource,
): Config['targets'] {
  const targets = new Map<string, EnvironmentName[]>(names.map((name) => [name, [name]]));
  const groups = new Map<string, EnvironmentName[]>();
  for (const name of names) {
    const group = written[name]?.group;
    if (group === undefined) continue;
    placed(source, ['environments', name, 'group'], () => parseEnvironmentName(group));
    if (targets.has(group)) {
      throw new LanewiseError(
        'CONFIG_COLLISION',
        `The group '${group}' has the name of an environment.`,
        {
          place: source.place(['environments', name, 'group']),
          hint: 'Give the group another name: what --to takes must mean one thing.',
        },
      );
    }
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return new Map([...targets, ...groups]);
}

function understand(
  name: EnvironmentName,
  written: WrittenEnvironment,
  targets: Config['targets'],
  gitopsBranch: string,
  source: ConfigSource,
): EnvironmentConfig {
  const path = ['environments', name];
  const after = understandAfter(name, written.after, targets, source);
  const on = written.on ?? (after.environments.length === 0 ? 'release' : 'command');
  const soak = written.gates?.soak ?? '0';
  return {
    name,
    group: written.group ?? null,
    after,
    on,
    displace: written.displace ?? (on === 'release' ? 'newest' : 'after-soak'),
    gates: { soak: placed(source, [...path, 'gates', 'soak'], () => parseDuration(String(soak))) },
    images: written.images ?? 'shared',
    prereleases: written.prereleases ?? false,
    tags: written.tags ?? on === 'command',
    vars: textsOf(written.vars),
    branch: understandBranch(name, written.branch, gitopsBranch, source),
  };
}

function understandAfter(
  name: EnvironmentName,
  written: WrittenEnvironment['after'],
  targets: Config['targets'],
  source: ConfigSource,
): EnvironmentConfig['after'] {
  const any = typeof written === 'object' && !Array.isArray(written);
  const named = any ? written.any : typeof written === 'string' ? [written] : (written ?? []);
  const environments = named.flatMap((target) => {
    const members = targets.get(target);
    if (members !== undefined) return members;
    throw new LanewiseError(
      'ENVIRONMENT_UNKNOWN',
      `'${name}' comes after '${target}', which is no environment.`,
      {
        place: source.place(['environments', name, 'after']),
        hint: didYouMean(target, targets.keys(), `Known are: ${[...targets.keys()].join(', ')}.`),
      },
    );
  });
  return { mode: any ? 'any' : 'all', environments: [...new Set(environments)] };
}

/** A branch for each environment is written down in the design and not built: said here, not half done. */
function understandBranch(
  name: EnvironmentName,
  written: string | undefined,
  gitopsBranch: string,
  source: ConfigSource,
): string {
  if (written === undefined) return gitopsBranch;
  const path = ['environments', name, 'branch'];
  const isTemplate = templateWords(written, source.place(path)).length > 0;
  if (isTemplate || written !== gitopsBranch) {
    throw new LanewiseError(
      'NOT_YET',
      `A branch of its own for the environment '${name}' is not supported yet.`,
      {
        place: source.place(path),
        hint: `Use a folder for each environment in the branch '${gitopsBranch}' (gitops.branch).`,
      },
    );
  }
  placed(source, path, () => branchRef(written));
  return written;
}

function inOrder(
  unordered: readonly EnvironmentConfig[],
  source: ConfigSource,
): Config['environments'] {
  const ordered = new Map<EnvironmentName, EnvironmentConfig>();
  const waiting = new Map(unordered.map((environment) => [environment.name, environment]));
  while (waiting.size > 0) {
    const next = [...waiting.values()].filter(({ after }) =>
      after.environments.every((name) => ordered.has(name)),
    );
    if (next.length === 0) throw cycle([...waiting.keys()], source);
    for (const environment of next) {
      ordered.set(environment.name, environment);
      waiting.delete(environment.name);
    }
  }
  return ordered;
}

function cycle(names: readonly EnvironmentName[], source: ConfigSource): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `The environments ${names.join(', ')} wait for each other.`,
    {
      place: source.place(['environments', names[0] ?? '', 'after']),
      hint: "'after' must lead back to an environment that comes after nothing.",
    },
  );
}
