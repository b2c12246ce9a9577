/**
 * The pipelines for GitLab. There is no `resource_group` on purpose: Lanewise settles races by
 * itself. A job's own token may not push tags, so a project access token does; schedules are made
 * in the project's settings.
 */
export function gitlabPipeline(options: {
  readonly branch: string;
  readonly environments: readonly string[];
  readonly otherRepository: boolean;
  readonly install: string | null;
}): string {
  const { branch, environments, otherRepository, install } = options;
  const tags = environments.length === 0 ? '.+' : environments.map(escape).join('|');
  const other = otherRepository
    ? '\n#   LANEWISE_GITOPS_TOKEN  a token that may push to the GitOps repository'
    : '';
  const steps = [
    'git remote set-url origin "$CI_PROJECT_URL.git"',
    `git config --global credential.helper '!f() { echo username=oauth2; echo "password=$LANEWISE_TOKEN"; }; f'`,
    ...(install === null ? [] : [install]),
  ];
  return `# Written by 'lanewise init --ci gitlab'; it is yours now. Beside another .gitlab-ci.yml, include it there:
#   include: [{ local: .gitlab/lanewise.yml }]
# It needs, as masked variables of the project (Settings > CI/CD):
#   LANEWISE_TOKEN         a project access token that may push tags (role Maintainer, write_repository)${other}
# and a pipeline schedule on ${branch}, every ten minutes, that promotes what may go forward.

.lanewise:
  # An image with what the target 'container' needs.
  image: node:22
  variables:
    # All commits and tags.
    GIT_DEPTH: 0
  before_script:
${steps.map((step) => `    - ${quoted(step)}`).join('\n')}

# A commit on the release branch: release what changed, and bring it where releases land.
lanewise:release:
  extends: .lanewise
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "${branch}"
  script:
    # Builds each affected product by its Nx target 'container'; any other build tells its images
    # with --image PRODUCT=REFERENCE instead.
    - npx lanewise release --target container

# An environment tag, the clock, or a click: bring forward whatever may go forward.
lanewise:promote:
  extends: .lanewise
  rules:
    - if: $CI_COMMIT_TAG =~ /^(${tags})\\//
    - if: $CI_PIPELINE_SOURCE == "schedule" || $CI_PIPELINE_SOURCE == "web"
  script:
    # Never the tag: the configuration of the branch decides.
    - git fetch --quiet origin ${branch}
    - git checkout --quiet --detach FETCH_HEAD
    - npx lanewise promote --ready
`;
}

/** Single quotes of YAML, in which only the quote itself is doubled. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function escape(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
