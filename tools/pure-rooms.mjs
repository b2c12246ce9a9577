/** An esbuild plugin: our files do nothing by being imported, so what is not used can be left out. */
export const pureRooms = {
  name: 'pure-rooms',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^(?:@lanewise\/|\.\.?\/)/ }, async ({ path, pluginData, ...rest }) => {
      const { importer, kind, namespace, resolveDir } = rest;
      const ours = path.startsWith('@') || !importer.includes('node_modules');
      if (pluginData === 'resolved' || !ours) return undefined;
      const options = { importer, kind, namespace, resolveDir, pluginData: 'resolved' };
      return { ...(await resolve(path, options)), sideEffects: false };
    });
  },
};
