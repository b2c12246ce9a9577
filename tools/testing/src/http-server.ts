import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Remote, World } from './world.js';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly service: 'git-upload-pack' | 'git-receive-pack' | null;
  readonly status: number;
}

/** Where the server breaks the connection of the next push's second request. */
export type Fault =
  | { readonly kind: 'none' }
  /** The remote never sees the push. */
  | { readonly kind: 'cut-before-receive'; readonly times: number }
  /** The remote has taken the push, and the answer is lost. */
  | { readonly kind: 'cut-after-receive'; readonly times: number };

export interface GitHttpServerOptions {
  /** Name and password that are asked for; absent: everybody may read and write. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Milliseconds added to every request, which is a round trip. */
  readonly latency?: number;
}

/** A Git server over HTTP on the loopback: `git http-backend` behind Node. */
export interface GitHttpServer {
  /** Address of a remote, without credentials. */
  url(remote: Remote): string;
  /** All requests so far; `length = 0` forgets them. */
  readonly requests: HttpRequest[];
  latency: number;
  fault: Fault;
  /** false: the server knows only the old protocol. */
  speaksVersion2: boolean;
  /** Refuses pushes with 403, as a token without the right to write meets. */
  readOnly: boolean;
  close(): Promise<void>;
}

/** Starts a server for the remotes of a world. */
export async function startGitHttpServer(
  world: World,
  options: GitHttpServerOptions = {},
): Promise<GitHttpServer> {
  const http = createServer((request, response) => {
    serve(server, world, options, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const server: GitHttpServer = {
    url: (remote) => `http://127.0.0.1:${port}/${relative(world.directory, remote.path)}`,
    requests: [],
    latency: options.latency ?? 0,
    fault: { kind: 'none' },
    speaksVersion2: true,
    readOnly: false,
    close: () => {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
  return server;
}

async function serve(
  server: GitHttpServer,
  world: World,
  options: GitHttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const asked =
    url.searchParams.get('service') ??
    /\/(git-(?:upload|receive)-pack)$/.exec(url.pathname)?.[1] ??
    null;
  const service = asked as HttpRequest['service'];
  const note = (status: number) =>
    server.requests.push({ method: request.method ?? '', path: url.pathname, service, status });
  const body = await readBody(request);
  if (server.latency > 0) await sleep(server.latency);
  const { credentials } = options;
  if (credentials !== undefined && !isAuthorized(request, credentials)) {
    note(401);
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
    return;
  }
  if (server.readOnly && service === 'git-receive-pack') {
    note(403);
    response.writeHead(403).end('no right to write');
    return;
  }
  const isPush = request.method === 'POST' && service === 'git-receive-pack' && body.length > 4;
  if (isPush && takeFault(server, 'cut-before-receive')) return void response.destroy();
  const { status, headers, content } = await runBackend(server, world, request, url, body);
  if (isPush && takeFault(server, 'cut-after-receive')) return void response.destroy();
  note(status);
  response.writeHead(status, headers).end(content);
}

function isAuthorized(
  request: IncomingMessage,
  credentials: { readonly username: string; readonly password: string },
): boolean {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  const expected = btoa(`${credentials.username}:${credentials.password}`);
  return scheme?.toLowerCase() === 'basic' && value === expected;
}

function takeFault(
  server: GitHttpServer,
  kind: 'cut-before-receive' | 'cut-after-receive',
): boolean {
  const { fault } = server;
  if (fault.kind !== kind) return false;
  server.fault = fault.times > 1 ? { kind, times: fault.times - 1 } : { kind: 'none' };
  return true;
}

interface BackendAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly content: Buffer;
}

/** Runs `git http-backend` as a CGI program (git-http-backend(1), RFC 3875). */
async function runBackend(
  server: GitHttpServer,
  world: World,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): Promise<BackendAnswer> {
  const protocol = request.headers['git-protocol'];
  const encoding = request.headers['content-encoding'];
  const child = spawn('git', ['http-backend'], {
    env: {
      ...world.environment,
      GIT_PROJECT_ROOT: world.directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      REMOTE_USER: 'tester',
      REMOTE_ADDR: '127.0.0.1',
      ...(typeof encoding === 'string' && { HTTP_CONTENT_ENCODING: encoding }),
      ...(server.speaksVersion2 && typeof protocol === 'string' && { GIT_PROTOCOL: protocol }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(body);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const output = Buffer.concat(chunks);
  const end = output.indexOf('\r\n\r\n');
  const lines = output.subarray(0, end).toString().split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const { Status: status = '200', ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest, content: output.subarray(end + 4) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
