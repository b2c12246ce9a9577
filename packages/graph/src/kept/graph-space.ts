import { LanewiseError, show } from '@lanewise/model';

type Environment = Readonly<Record<string, string | undefined>>;

/** Those who may share kept graphs, by name; or why none are kept here. */
export type GraphSpace =
  | { readonly kind: 'space'; readonly name: string }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Who may write a kept graph decides what is released, and a pull request runs code that nobody has
 * read. So in a CI graphs are shared by the jobs of one run and by nobody else: a run is for a pull
 * request or it is not. `LANEWISE_GRAPH_CACHE` names a space that outlives the run; runs for pull
 * requests have one of their own under the same name. `off` keeps nothing. On somebody's own
 * machine there is one space. Throws USAGE for a name that is none.
 */
export function graphSpace(environment: Environment): GraphSpace {
  const asked = environment['LANEWISE_GRAPH_CACHE'] ?? '';
  const event = isForPullRequest(environment) ? 'pull-request' : 'own';
  if (asked === 'off') return { kind: 'none', reason: 'LANEWISE_GRAPH_CACHE is off' };
  if (asked !== '') return { kind: 'space', name: `named ${event} ${checkName(asked)}` };
  if (!isInCi(environment)) return { kind: 'space', name: 'machine' };
  const run = runOf(environment);
  if (run !== null) return { kind: 'space', name: `run ${event} ${run}` };
  return {
    kind: 'none',
    reason:
      'this CI does not say which run it is, and graphs are never shared between runs unasked; LANEWISE_GRAPH_CACHE names a space to share',
  };
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  throw new LanewiseError('USAGE', `LANEWISE_GRAPH_CACHE is ${show(name)}, which is no name.`, {
    hint: "Letters, digits, '.', '_' and '-' make a name; 'off' keeps no graph.",
  });
}

/** Variables that CIs set, with what they say: documented by each. */
const runs = [
  'GITHUB_RUN_ID',
  'CI_PIPELINE_ID',
  'CIRCLE_WORKFLOW_ID',
  'BUILDKITE_BUILD_ID',
  'BUILD_BUILDID',
  'BITBUCKET_BUILD_NUMBER',
  'CI_PIPELINE_NUMBER',
  'DRONE_BUILD_NUMBER',
  'TRAVIS_BUILD_ID',
  'BUILD_TAG',
] as const;

function runOf(environment: Environment): string | null {
  const name = runs.find((candidate) => isSet(environment[candidate]));
  return name === undefined ? null : `${name} ${environment[name] ?? ''}`;
}

function isInCi(environment: Environment): boolean {
  const told = ['CI', 'TF_BUILD', 'JENKINS_URL', 'TEAMCITY_VERSION', 'GITHUB_ACTIONS'];
  return [...told, ...runs].some((name) => isSet(environment[name]));
}

/** Each kind of event that brings code of somebody who need not be trusted. */
function isForPullRequest(environment: Environment): boolean {
  const { GITHUB_EVENT_NAME, CI_PIPELINE_SOURCE, BUILD_REASON, CI_PIPELINE_EVENT } = environment;
  return (
    /^pull_request/.test(GITHUB_EVENT_NAME ?? '') ||
    ['merge_request_event', 'external_pull_request_event'].includes(CI_PIPELINE_SOURCE ?? '') ||
    BUILD_REASON === 'PullRequest' ||
    [CI_PIPELINE_EVENT, environment['DRONE_BUILD_EVENT']].includes('pull_request') ||
    numbered.some((name) => isSet(environment[name]))
  );
}

const numbered = [
  'CI_MERGE_REQUEST_IID',
  'BUILDKITE_PULL_REQUEST',
  'CIRCLE_PULL_REQUEST',
  'CIRCLE_PR_NUMBER',
  'CHANGE_ID',
  'BITBUCKET_PR_ID',
  'TRAVIS_PULL_REQUEST',
] as const;

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
