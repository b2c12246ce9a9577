export { builtCommand } from './built-command.js';
export {
  explore,
  type Exploration,
  type Explored,
  type Outcome,
  type ScheduleEnd,
  type Step,
} from './explore.js';
export {
  startGitHttpServer,
  type Fault,
  type GitHttpServer,
  type GitHttpServerOptions,
  type HttpRequest,
} from './http-server.js';
export { makeKillingGit, type KillingGit } from './killing-git.js';
export { hashObject } from './memory-objects.js';
export { makeMemoryRemote, makeMemoryRepository, type MemoryRemote } from './memory-remote.js';
export {
  isCrash,
  makeCrash,
  type MemoryRepositoryOptions,
  type RemoteCall,
} from './memory-repository.js';
export { makeRandom, seed, type Random } from './random.js';
export {
  isolatedEnvironment,
  makeWorld,
  worldBegins,
  type Clone,
  type CommitOptions,
  type Files,
  type Remote,
  type World,
} from './world.js';
