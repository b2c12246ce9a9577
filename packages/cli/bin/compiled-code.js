'use strict';
// Loads the bundle's chunks, and keeps what V8 compiled of them beside them for the next start: a
// short command spends much of its time on compiling. Node has had this since 22.1, in the system's
// folder for temporary files; compiled code is run as it is found, so here it lies where the code
// itself lies, and who may write there may change the code anyway. Where nobody may, nothing is kept.
const fs = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** Only names that hold a digest of their content: V8 itself compares no more than the length. */
const named = /-[0-9A-Z]{8}\.js$/;

/** What a CommonJS file is called with (Node's documentation, "The module wrapper"). */
const begin = '(function (exports, require, module, __filename, __dirname) {';

/**
 * What the CommonJS file `entry` in `folder` exports. Files that it requires by a relative path are
 * loaded the same way, from the same folder.
 */
exports.load = (folder, entry) => {
  const start = join(folder, entry);
  const [, build = 'none'] = /^\/\*build (\w+)\*\//.exec(fs.readFileSync(start, 'latin1')) ?? [];
  const kept = join(folder, `compiled-${build}-${process.version}-${process.arch}.bin`);
  const off = process.env.NODE_DISABLE_COMPILE_CACHE || process.env.NODE_V8_COVERAGE;
  const before = off ? new Map() : readKept(kept);
  const compiled = new Map();
  const modules = new Map();
  let rejected = false;

  const loadFile = (file) => {
    const loaded = modules.get(file);
    if (loaded !== undefined) return loaded.exports;
    const module = { exports: {}, filename: file };
    modules.set(file, module);
    const name = file.slice(folder.length + 1);
    const cachedData = before.get(name);
    const code = `${begin}${fs.readFileSync(file, 'utf8')}\n})`;
    const script = new Script(code, { filename: file, cachedData });
    if (script.cachedDataRejected) rejected = true;
    if (named.test(name)) compiled.set(name, script);
    const here = dirname(file);
    const requireHere = (id) => (id.startsWith('.') ? loadFile(join(here, id)) : require(id));
    script.runInThisContext()(module.exports, requireHere, module, file, here);
    return module.exports;
  };

  if (!off) {
    process.once('exit', () => {
      // Another set of V8's flags refuses what is kept: it must not replace it each time.
      const more = [...compiled.keys()].some((name) => !before.has(name));
      if (more && !rejected) writeKept(kept, before, compiled);
    });
  }
  return loadFile(start);
};

/**
 * The file: how long the head is (8 bytes), the head (JSON: name and length of each part), the parts,
 * each filled up to whole words, which V8 reads in place. A file of another length is none.
 */
function readKept(file) {
  const kept = new Map();
  try {
    const bytes = fs.readFileSync(file);
    let at = 8 + whole(bytes.readUInt32LE(0));
    for (const [name, length] of JSON.parse(bytes.toString('latin1', 8, at))) {
      kept.set(name, bytes.subarray(at, at + length));
      at += whole(length);
    }
    return at === bytes.length ? kept : new Map();
  } catch {
    return new Map();
  }
}

/** Whole or not at all, also where the machine loses its power, or another run writes at once. */
function writeKept(file, before, compiled) {
  const parts = new Map(before);
  for (const [name, script] of compiled) parts.set(name, script.createCachedData());
  const head = Buffer.from(JSON.stringify([...parts].map(([name, { length }]) => [name, length])));
  const size = Buffer.alloc(8);
  size.writeUInt32LE(head.length);
  const mine = `${file}.${process.pid}-${Date.now()}`;
  try {
    const target = fs.openSync(mine, 'wx', 0o644);
    try {
      fs.writeFileSync(
        target,
        Buffer.concat([
          size,
          filled(head, ' '),
          ...[...parts.values()].map((part) => filled(part, '\0')),
        ]),
      );
      fs.fsyncSync(target);
    } finally {
      fs.closeSync(target);
    }
    fs.renameSync(mine, file);
  } catch {
    fs.rmSync(mine, { force: true });
  }
}

function whole(length) {
  return Math.ceil(length / 8) * 8;
}

function filled(part, filler) {
  return Buffer.concat([part, Buffer.alloc(whole(part.length) - part.length, filler)]);
}
