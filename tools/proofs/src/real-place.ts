import { cpSync, rmSync } from 'node:fs';
import { makeWorld, type Remote, type Step, type World } from '@lanewise/testing';
import type { CommitId } from '@lanewise/model';
import type { Layout } from './estate.js';
import { addBuild, interceptCalls, placeFiles, type Place } from './place.js';

/** A place of real repositories. */
export interface RealPlace extends Place {
  readonly world: World;
  readonly mono: Remote;
  readonly deploy: Remote;
}

/** An empty beginning, as `beginMemoryPlace` makes it in memory. */
export function beginRealPlace(layout: Layout): RealPlace {
  const place = makeRealPlace(layout);
  const { sources, manifests } = placeFiles();
  place.mono.commit({ ...sources, ...(layout === 'same' && manifests) }, 'feat: begin');
  if (layout === 'own') place.deploy.commit(manifests, 'manifests');
  return place;
}

/** A new world with copies of both remotes. */
export function copyRealPlace(place: RealPlace): RealPlace {
  const copy = makeRealPlace(place.layout);
  for (const which of ['mono', 'deploy'] as const) {
    rmSync(copy[which].path, { recursive: true, force: true });
    cpSync(place[which].path, copy[which].path, { recursive: true });
  }
  for (const [image, commits] of place.builds) {
    for (const commit of commits) addBuild(copy.builds as Builds, image, commit);
  }
  return copy;
}

type Builds = Map<string, readonly CommitId[]>;

function makeRealPlace(layout: Layout): RealPlace {
  const world = makeWorld();
  const mono = world.makeRemote('mono');
  const deploy = layout === 'own' ? world.makeRemote('deploy') : mono;
  const builds: Builds = new Map();
  let opened = 0;
  return {
    layout,
    world,
    mono,
    deploy,
    builds,
    build: async (image, commit, step) => {
      await step('registry push');
      addBuild(builds, image, commit);
    },
    now: () => Math.floor(Date.now() / 1000),
    open: async (which, step) => {
      opened += 1;
      // As on machines of their own: runs share nothing but the remotes.
      const cacheDirectory = `${world.cacheDirectory}-${opened}`;
      const remote = which === 'mono' ? mono : deploy;
      return interceptCalls(await world.open(remote, { cacheDirectory }), which, actAfter(step));
    },
  };
}

function actAfter(step: Step): Parameters<typeof interceptCalls>[2] {
  return async (name, call) => {
    await step(name);
    return call();
  };
}
