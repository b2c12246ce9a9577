import { createHash } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A held lock; `release` gives it up. It is given up by itself when the process ends, however it ends. */
export interface Lock {
  release(): Promise<void>;
}

const patience = 2000;
const pause = 40;

/**
 * Takes the lock of a directory, waiting up to two seconds. null: somebody else holds it, or this
 * system has no lock that dies with its process.
 *
 * A lock file with a process id outlives SIGKILL and is then either believed for ever or stolen by
 * two at once, so only what the kernel takes back is used: on Linux a socket in the abstract
 * namespace, on Windows a named pipe, on macOS and the BSDs a file opened with O_EXLOCK (flock(2)).
 */
export async function takeLock(directory: string, now: () => number): Promise<Lock | null> {
  const until = now() + patience;
  for (;;) {
    const lock = await tryLock(directory);
    if (lock !== null) return lock;
    if (lock === null && now() >= until) return null;
    await sleep(pause);
  }
}

function tryLock(directory: string): Promise<Lock | null> {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 32);
  if (process.platform === 'linux') return listen(`\0lanewise-${name}`);
  if (process.platform === 'win32') return listen(`\\\\.\\pipe\\lanewise-${name}`);
  return Promise.resolve(openExclusive(`${directory}.lock`));
}

function listen(path: string): Promise<Lock | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', () => resolve(null));
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

/** O_EXLOCK of open(2) on macOS and the BSDs: the file is opened only by who gets its lock. */
const exclusiveLock = 0x20;

function openExclusive(path: string): Lock | null {
  if (process.platform !== 'darwin' && !process.platform.endsWith('bsd')) return null;
  try {
    const file = openSync(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusiveLock,
      0o600,
    );
    return { release: () => Promise.resolve(closeSync(file)) };
  } catch {
    return null;
  }
}
