#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const dist = join(__dirname, '..', 'dist');
if (existsSync(join(dist, 'lanewise.js'))) {
  require('./compiled-code.js').load(dist, 'lanewise.js').main();
} else {
  process.stderr.write(
    "error: The command is not built yet: this is a checkout of Lanewise's sources. Run 'npm run build' in its root, then this command again.\n",
  );
  process.exitCode = 1;
}
