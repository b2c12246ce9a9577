/**
 * The pipelines for GitHub Actions. There is no concurrency group on purpose: one that cancels
 * loses runs, and Lanewise settles races by itself. The schedule is needed because GitHub starts
 * nothing for a push of more than three tags, nor for tags pushed with the job's own token.
 */
export function githubWorkflow(options: {
  readonly branch: string;
  readonly environments: readonly string[];
  readonly otherRepository: boolean;
  readonly install: string | null;
}): string {
  const tags = options.environments.map((name) => `      - '${name}/**'`).join('\n');
  const token = options.otherRepository
    ? '\n        env:\n          # A token that may push to the GitOps repository.\n          LANEWISE_GITOPS_TOKEN: ${{ secrets.LANEWISE_GITOPS_TOKEN }}'
    : '';
  const install = options.install === null ? '' : `\n      - run: ${options.install}`;
  return `# Written by 'lanewise init --ci github'; it is yours now.
name: lanewise

on:
  push:
    branches: [${options.branch}]
    tags:
${tags === '' ? "      - '*/*@*'" : tags}
  schedule:
    - cron: '*/10 * * * *'
  workflow_dispatch:

permissions:
  contents: write

jobs:
  # A commit on the release branch: release what changed, and bring it where releases land.
  release:
    if: github.event_name == 'push' && github.ref_type == 'branch'
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          # All commits and tags, and only those files that are read.
          fetch-depth: 0
          filter: 'blob:none'
      - uses: actions/setup-node@v4
        with: { node-version: 22 }${install}
      # Builds each affected product by its Nx target 'container'; any other build tells its images
      # with --image PRODUCT=REFERENCE instead.
      - run: npx lanewise release --target container${token}

  # An environment tag, the clock, or a click: bring forward whatever may go forward.
  promote:
    if: github.event_name != 'push' || github.ref_type == 'tag'
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          # Never the tag: the configuration of the branch decides.
          ref: ${options.branch}
          fetch-depth: 0
          filter: 'blob:none'
      - uses: actions/setup-node@v4
        with: { node-version: 22 }${install}
      - run: npx lanewise promote --ready${token}
`;
}
