import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A `git` for the front of the PATH that runs the real one, counts the commands with an outside
 * effect (what it writes into a store, fetches or pushes), and sends SIGKILL to the process that
 * called it as soon as the chosen one has ended: a crash at the worst moment, with the effect done
 * and its caller never told.
 */
export interface KillingGit {
  /** The environment with this git in front; kills after the `count`-th effect (from 1), 0 never. */
  environment(base: Readonly<Record<string, string>>, killAfter: number): Record<string, string>;
  /** The effects since the last call of `environment`, such as `push` or `fast-import`. */
  effects(): readonly string[];
}

/** Makes a killing git in a folder of its own below `directory`. For systems with /bin/sh. */
export function makeKillingGit(directory: string): KillingGit {
  const bin = join(directory, 'killing-git');
  const log = join(bin, 'effects');
  mkdirSync(bin, { recursive: true });
  const script = join(bin, 'git');
  return {
    environment: (base, killAfter) => {
      rmSync(log, { force: true });
      const path = base['PATH'] ?? '';
      writeFileSync(script, program(path, log, killAfter));
      chmodSync(script, 0o755);
      return { ...base, PATH: `${bin}${delimiter}${path}` };
    },
    effects: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
        : [],
  };
}

function program(path: string, log: string, killAfter: number): string {
  return `#!/bin/sh
effect=
for word in "$@"; do
  case "$word" in push|fast-import|fetch|init) effect=$word; break;; esac
done
PATH='${path}' git "$@"
status=$?
if [ -n "$effect" ]; then
  # Commands run side by side: each counts itself alone.
  until mkdir '${log}.lock' 2>/dev/null; do sleep 0.01; done
  echo "$effect" >>'${log}'
  count=$(wc -l <'${log}')
  rmdir '${log}.lock'
  if [ "$count" -eq ${killAfter} ]; then kill -9 $PPID; fi
fi
exit $status
`;
}
