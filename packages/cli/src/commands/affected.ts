import { Option, type Command } from 'commander';
import { beginStatus } from '@lanewise/git';
import { parsePrereleaseIdentifier } from '@lanewise/model';
import { affectedFormats } from '../affected-options.js';
import type { Answer, CommandModule } from '../command.js';
import { gitOptions } from '../context/git-options.js';
import type { Workspace } from '../context/workspace.js';

export const affected: CommandModule = {
  help: {
    about:
      'A product is affected if the inputs at its own last release and at HEAD differ: its files, those of the projects it is built from, and the packages it resolves to. A change that was reverted affects nothing.',
    examples: [
      ['lanewise affected', 'what would be released, and why'],
      ['lanewise affected --explain', 'with the ways and commits, shared causes first'],
      ['lanewise affected --format names | xargs -n1 ./build.sh', 'names alone, one a line'],
      [
        'lanewise affected --reserve --format github-matrix',
        'keep the versions, and print a build matrix for GitHub',
      ],
      [
        'lanewise affected --reserve --format gitlab > build.yml',
        'a child pipeline for GitLab, with a job for each product',
      ],
      [
        'lanewise affected --projects --base origin/main --format names --separator ,',
        "the projects that a branch affects, for 'nx run-many -p'",
      ],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('[products...]', 'only these')
      .addOption(
        new Option('--format <format>', 'how it is written')
          .choices(affectedFormats)
          .default('table'),
      )
      .option('--explain', 'tell the ways and commits too, what several products share first')
      .option('--all', 'with --explain: every cause and product, however many')
      .option(
        '--reserve',
        'keep the versions for this commit, so that images can be built with them',
      )
      .option('--first', 'named products that were never released count as affected')
      .option(
        '--prerelease <line>',
        'as release --prerelease would do it, such as rc',
        parsePrereleaseIdentifier,
      )
      .option(
        '--command <line>',
        'what a job runs for its product (gitlab: else it extends .lanewise-build; buildkite: else .buildkite/lanewise-build)',
      )
      .option(
        '--projects',
        'list projects in place of products: those that make products affected, or with --base those that nx affected would name',
      )
      .option('--base <rev>', 'compare all projects with where HEAD left this branch or commit')
      .option('--head <rev>', 'compare up to this commit; default HEAD and the work tree')
      .option('--separator <text>', 'what stands between names; default a line feed')
      .option(
        '--graph <file>',
        'read the graph from this file (nx graph --file=…) instead of asking Nx',
      );
  },
  run: async (call) => {
    // Git looks at the work tree while the rest of this command is loaded.
    const status = beginStatus(call.global.directory, gitOptions(call));
    const { withWorkspace } = await import('../context/workspace.js');
    const work = async (workspace: Workspace): Promise<Answer> =>
      (await running).runAffected(call, workspace);
    const answer = withWorkspace(call, work, status);
    // And this while git tells where the clone is.
    const running = import('../run-affected.js');
    return answer;
  },
};
