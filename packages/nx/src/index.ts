export { createNodes, createNodesV2, name } from './plugin/create-nodes.js';
export type { LanewisePluginOptions } from './plugin/options.js';
