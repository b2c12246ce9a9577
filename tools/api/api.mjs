// The public API of each library as a report that is checked in: packages/*/api.md.
//   npm run api              writes the reports
//   npm run api -- --check   fails where one differs, and shows how
//   npm run api -- graph     only these packages
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { Extractor, ExtractorConfig } = createRequire(import.meta.url)('@microsoft/api-extractor');
const root = fileURLToPath(new URL('../..', import.meta.url));
const typed = process.argv.slice(2);
const isCheck = typed.includes('--check');
const named = typed.filter((word) => !word.startsWith('-'));

/** A type that the door uses and does not name stands in the report as a warning; style does not. */
const messageLevels = {
  compilerMessageReporting: { default: { logLevel: 'error' } },
  extractorMessageReporting: {
    default: { logLevel: 'none' },
    'ae-forgotten-export': { logLevel: 'warning', addToApiReportFile: true },
  },
  tsdocMessageReporting: { default: { logLevel: 'none' } },
};

const libraries = readdirSync(join(root, 'packages'))
  .filter((name) => named.length === 0 || named.includes(name))
  .flatMap((name) => {
    const folder = join(root, 'packages', name);
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) return [];
    const door = JSON.parse(readFileSync(manifest, 'utf8')).exports?.['.']?.types;
    return typeof door === 'string' ? [{ name, folder, door: doorOf(folder, door) }] : [];
  });
if (libraries.length === 0) fail(`There is no library called ${named.join(', ')}.`);
declareTypes();

const scratch = mkdtempSync(join(tmpdir(), 'lanewise-api-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const different = libraries.filter((library) => !isUpToDate(library, reportOf(library)));
if (different.length > 0) {
  const names = different.map(({ name }) => `packages/${name}/api.md`).join(', ');
  fail(`The public API differs from ${names}. If that is meant: npm run api, and commit.`);
}
process.stdout.write(`${libraries.length} API reports ${isCheck ? 'agree' : 'written'}.\n`);

/** The command's door is declared by its build; the compiler declares the same among its types. */
function doorOf(folder, door) {
  return folder.endsWith('cli') ? join(folder, 'dist/types', basename(door)) : join(folder, door);
}

/** The reports are made of declarations. All are written anew: how the compiler breaks their lines depends on what it wrote before. */
function declareTypes() {
  const configs = libraries.map(({ folder }) => join(folder, 'tsconfig.lib.json'));
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b', '--force', ...configs], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) fail('The sources do not compile, so their API cannot be told.');
}

function reportOf({ name, folder, door }) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: door,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: compilerOptions(door), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: scratch,
        reportTempFolder: scratch,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: messageLevels,
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  });
  const file = join(scratch, `${name}.api.md`);
  writeFileSync(file, '');
  const problems = [];
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.category === 'Compiler' && message.logLevel === 'error')
        problems.push(message.text);
      message.handled = true;
    },
  });
  if (problems.length > 0) fail(`${name}: ${problems[0]}`);
  return readFileSync(file, 'utf8');
}

/** The declarations are read as a user of the package reads them: built, without the sources. */
function compilerOptions(door) {
  return {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023'],
      types: ['node'],
      module: 'nodenext',
      moduleResolution: 'nodenext',
      strict: true,
      skipLibCheck: true,
    },
    files: [door],
  };
}

function isUpToDate({ folder }, report) {
  const file = join(folder, 'api.md');
  const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!isCheck) {
    if (known !== report) writeFileSync(file, report);
    return true;
  }
  if (known === report) return true;
  const fresh = join(scratch, 'fresh.md');
  writeFileSync(fresh, report);
  const args = ['diff', '--no-index', '--no-color', '--', file, fresh];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  process.stderr.write(stdout.split('\n').slice(0, 120).join('\n') + '\n');
  return false;
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
