import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LanewiseError } from '@lanewise/model';
import type { Build, BuildOrder, BuildOutcome } from '@lanewise/release';
import type { Call } from '../command.js';

/**
 * Builds a product by a target of its Nx project, with the workspace's own Nx. What to build is
 * told by variables; what the build prints goes to standard error, as standard output is the
 * answer's. No shell: the names are arguments.
 */
export function buildWithNx(call: Call, root: string, target: string): Build {
  if (!/^[A-Za-z0-9][\w:.@/-]*$/.test(target)) {
    throw new LanewiseError('USAGE', `'${target}' is no name of a target.`, {
      hint: "Name a target of the products' projects, such as --target container.",
    });
  }
  const nx = findNx(root);
  return (order) => {
    call.note(
      `building ${order.product} ${order.version}${order.image === null ? '' : ` as ${order.image}`}`,
    );
    const args = [
      nx,
      'run',
      `${order.project}:${target}`,
      '--skip-nx-cache',
      '--output-style=stream',
    ];
    return run(args, root, { ...call.shell.environment, ...variables(order) });
  };
}

/** The variables by which a build is told what to make. */
function variables({
  product,
  member,
  version,
  image,
  images,
  commit,
}: BuildOrder): Readonly<Record<string, string>> {
  const named = Object.entries(images).map(([name, reference]) => [
    `LANEWISE_IMAGE_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`,
    reference,
  ]);
  return {
    LANEWISE_PRODUCT: product,
    ...(member !== undefined && { LANEWISE_MEMBER: member }),
    LANEWISE_VERSION: version,
    LANEWISE_COMMIT: commit,
    ...(image !== null && { LANEWISE_IMAGE: image }),
    ...Object.fromEntries(named),
  };
}

function findNx(root: string): string {
  try {
    return createRequire(join(root, 'package.json')).resolve('nx/bin/nx.js');
  } catch (cause) {
    throw new LanewiseError(
      'NX_MISSING',
      '--target builds with Nx, which is not installed in the workspace.',
      {
        cause,
        hint: "Install the workspace's packages (npm ci), or build elsewhere and tell the images with --image.",
      },
    );
  }
}

function run(
  args: readonly string[],
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<BuildOutcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
      windowsHide: true,
    });
    child.stdout.pipe(process.stderr, { end: false });
    child.on('error', ({ message }) => {
      resolve({ kind: 'failed', message: `Nx could not be started: ${message}` });
    });
    child.on('close', (code, signal) => {
      resolve(
        code === 0
          ? { kind: 'ok' }
          : {
              kind: 'failed',
              message: `the target ended with ${signal ?? `exit code ${String(code)}`}`,
            },
      );
    });
  });
}
