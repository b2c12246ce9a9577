// Runs whole commands and takes their wall time; of a Node command its peak memory as well.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const preload = fileURLToPath(new URL('peak-memory.cjs', import.meta.url));

/**
 * Milliseconds of one run; with `peakFile`, of a Node command, its peak memory in MiB as well (the
 * preload that takes it costs some time, so a run gives the one or the other). Throws where the
 * command fails.
 */
export function run({ command, args = [], cwd, env, input, peakFile }) {
  const watched =
    peakFile === undefined
      ? env
      : { ...env, BENCH_PEAK_FILE: peakFile, NODE_OPTIONS: `--require=${preload}` };
  const began = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: watched,
    input,
    maxBuffer: 2 ** 30,
  });
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return { ms, mib: readPeak(peakFile), stdout: String(stdout) };
}

function readPeak(file) {
  if (file === undefined || !existsSync(file)) return null;
  const mib = Number(readFileSync(file, 'utf8')) / 1024;
  rmSync(file);
  return mib;
}

/** Ours, the peer and the floor in turn, so that a slow moment of the machine meets all three alike. */
export function alternate(runs, measures) {
  const taken = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
  for (let index = 0; index < runs; index++) {
    for (const [name, measure] of Object.entries(measures)) taken[name].push(measure(index));
  }
  return taken;
}

/** The middle one of several figures. */
export function median(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One row of the result: medians, how often the peer's time is ours, and ours over the floor. */
export function row(name, { ours, peer = [], floor = [], peak = null }) {
  const ms = (list) => median(list.map((one) => one.ms));
  const [oursMs, peerMs, floorMs] = [ms(ours), ms(peer), ms(floor)];
  return {
    name,
    ours_ms: round(oursMs),
    peer_ms: round(peerMs),
    floor_ms: round(floorMs),
    speedup: peerMs === null ? null : round(peerMs / oursMs),
    over_floor: floorMs === null ? null : round(oursMs / floorMs),
    rss_mib: round(peak),
  };
}

function round(value) {
  return value === null ? null : Math.round(value * 100) / 100;
}

/** Where the measured command keeps its peak. */
export function peakFileIn(directory) {
  return join(directory, 'peak');
}
