#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/lanewise.js', import.meta.url);
if (existsSync(fileURLToPath(built))) {
  // Node 22.1 and newer keep the compiled code between runs.
  module.enableCompileCache?.();
  const { main } = await import(built.href);
  await main();
} else {
  process.stderr.write(
    "error: The command is not built yet: this is a checkout of Lanewise's sources. Run 'npm run build' in its root, then this command again.\n",
  );
  process.exitCode = 1;
}
