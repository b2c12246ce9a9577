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
