// Loaded only where a template is filled: reading the engine takes longer than most commands do.
export { Liquid } from 'liquidjs';
