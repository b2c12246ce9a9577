import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom: arrows point down only, and tests may use the test tools. */
const rooms = {
  model: [],
  git: ['model'],
  manifests: ['model'],
  graph: ['model'],
  release: ['graph', 'git', 'manifests', 'model'],
  promotion: ['release', 'manifests', 'git', 'model'],
  cli: ['promotion', 'release', 'graph', 'manifests', 'git', 'model'],
  // It starts the command as a program, and imports what it plugs together.
  nx: ['cli', 'graph', 'manifests', 'model'],
};

const arrows = Object.entries(rooms).map(([room, below]) => ({
  sourceTag: `room:${room}`,
  onlyDependOnLibsWithTags: below.map((name) => `room:${name}`),
}));

const boundaries = (extra, options = {}) => [
  'error',
  {
    enforceBuildableLibDependency: true,
    // What both builds share is among the inputs of both.
    allow: ['../../tools/pure-rooms.mjs'],
    ...options,
    depConstraints: [
      ...arrows.map((arrow) => ({
        ...arrow,
        onlyDependOnLibsWithTags: [...arrow.onlyDependOnLibsWithTags, ...extra],
      })),
      { sourceTag: 'room:tools', onlyDependOnLibsWithTags: ['room:*'] },
    ],
  },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.nx/**',
      '**/*.d.ts',
      'vitest.config.ts.timestamp*',
    ],
  },
  ...tseslint.configs.strict,
  prettier,
  {
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-control-regex': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Write a union of string literals.' },
        { selector: 'ExportDefaultDeclaration', message: 'Name the export.' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['room:tools'], {
        // Tests come in by the package's door, as its users do.
        allowCircularSelfDependency: true,
        // The test tools stand on git, and git's own tests use them: a circle of tests, not of rooms.
        ignoredCircularDependencies: [['@lanewise/git', '@lanewise/testing']],
      }),
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // A plugin runs inside the user's Nx, from 22 on: only what all of them publish may be used.
    files: ['packages/nx/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@nx/devkit/*', 'nx', 'nx/*'], message: 'Only @nx/devkit itself is public.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.cjs', 'packages/cli/bin/*.js'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.config.{mjs,ts}'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/cli/src/**'],
    rules: { 'no-console': 'error' },
  },
);
