// Speed as ratios, in one run on one machine: ours, the script that teams use today (the peer),
// and what git and Node cost alone (the floor).
//   npm run bench [-- --json] [--only NAME] [--runs N] [--projects 100|1000|4000]
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases } from './cases.mjs';

const options = readOptions(process.argv.slice(2));
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'lanewise-bench-')));
try {
  const rows = [];
  for (const { name, measure } of cases) {
    if (options.only !== null && !name.startsWith(options.only)) continue;
    process.stderr.write(`${name} …\n`);
    rows.push(...(await measure({ directory, runs: options.runs, projects: options.projects })));
  }
  if (rows.length === 0)
    throw new Error(
      `No case is called '${options.only}'. Known are: ${cases.map(({ name }) => name).join(', ')}.`,
    );
  process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function readOptions(args) {
  const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : null);
  return {
    json: args.includes('--json'),
    only: value('--only'),
    runs: Number(value('--runs') ?? 5),
    // Of the generated workspaces only the one with so many projects.
    projects: value('--projects') === null ? null : Number(value('--projects')),
  };
}

function table(rows) {
  const columns = ['name', 'ours_ms', 'peer_ms', 'floor_ms', 'speedup', 'over_floor', 'rss_mib'];
  const lines = [
    columns,
    ...rows.map((row) =>
      columns.map((column) => (row[column] === null ? '' : String(row[column]))),
    ),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  return lines
    .map(
      (line) =>
        line
          .map((cell, index) =>
            index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index]),
          )
          .join('  ') + '\n',
    )
    .join('');
}
