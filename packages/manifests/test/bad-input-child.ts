import { readFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector/promises';

import { isLanewiseError, parseRepoPath } from '@lanewise/model';
import { findPins, readPins, rewritePins, type Manifest } from '@lanewise/manifests';

// Run by itself: reads and writes one bad input, and tells what that took.

const [, , input = '', measured] = process.argv;
const manifest: Manifest = { file: parseRepoPath('apps/docs/values.yaml'), bytes: bytesOf(input) };
const session = measured === 'steps' ? await startCounting() : null;
const codes = refusals(manifest);
const steps = session === null ? 0 : await countSteps(session);
process.stdout.write(JSON.stringify({ codes, steps, peak: peakOfMemory() }));

function bytesOf(name: string): Uint8Array {
  const deep = (open: string, close: string): Uint8Array =>
    Buffer.from(`tag: 1\na: ${open.repeat(10_000)}${close.repeat(10_000)}\n`);
  switch (name) {
    case '50 MB':
      return Buffer.alloc(50_000_000, 'a: 1\n');
    case 'bomb':
      return bomb();
    case 'lists':
      return deep('[', ']');
    case 'maps':
      return deep('{a: ', '}');
    case 'braces':
      return Buffer.from(`tag: 1\na: ${'{{ '.repeat(100_000)}\n${'{{ if }} }} '.repeat(10_000)}\n`);
    case 'binary':
      return Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * 7919) % 256);
    case 'utf-8':
      return Buffer.concat([Buffer.from('tag: 1\n'.repeat(100_000)), Uint8Array.of(0xff, 0x0a)]);
    case 'nul':
      return Buffer.concat([Buffer.from('tag: 1\n'.repeat(100_000)), Uint8Array.of(0x00, 0x0a)]);
    default:
      throw new Error(`No such input: ${name}`);
  }
}

/** Nine to the power of fifteen texts, if anybody followed the aliases; the pin is one of them. */
function bomb(): Uint8Array {
  const names = [...'abcdefghijklmnop'];
  const lines = names.map((name, at) => {
    const item = at === 0 ? 'x' : `*${names[at - 1]}`;
    return `${name}: &${name} [${Array(9).fill(item).join(', ')}]\n`;
  });
  return Buffer.from(`${lines.join('')}tag: *p\n`);
}

function refusals(manifest: Manifest): string[] {
  findPins(manifest);
  const [reading] = readPins(manifest, [{ path: 'tag' }]);
  const read = reading?.kind === 'value' ? 'read' : (reading?.error.code ?? 'nothing');
  try {
    rewritePins(manifest, [{ selector: { path: 'tag' }, value: '1.4.2' }]);
    return [read, 'written'];
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    return [read, error.code];
  }
}

async function startCounting(): Promise<Session> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return session;
}

async function countSteps(session: Session): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const ranges = result
    .filter(({ url }) => !url.startsWith('node:'))
    .flatMap(({ functions }) => functions)
    .flatMap((one: Profiler.FunctionCoverage) => one.ranges);
  return ranges.reduce((sum, { count }) => sum + count, 0);
}

/** The kernel's own mark, of this program only: what `resourceUsage` tells may be the parent's. */
function peakOfMemory(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
