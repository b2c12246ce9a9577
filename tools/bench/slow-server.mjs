// A Git server over HTTP in a process of its own: adds time to every round trip and notes each in
// a file.   node slow-server.mjs DIRECTORY MILLISECONDS LOGFILE
import { appendFileSync } from 'node:fs';
import { startGitHttpServer } from '@lanewise/testing';

const [directory, milliseconds, log] = process.argv.slice(2);
const server = await startGitHttpServer(
  { directory, environment: process.env },
  { latency: Number(milliseconds) },
);
const note = server.requests.push.bind(server.requests);
server.requests.push = (...requests) => {
  for (const { method, path } of requests) appendFileSync(log, `${method} ${path}\n`);
  return note(...requests);
};
process.stdout.write(`${server.url({ path: directory })}\n`);
