import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { until } from '../service/until.js';

/** A web server in front of a service: below `/` and, with the prefix taken away, below `/settings/`. */
export type WebServer = Readonly<{ url: string; stop(): Promise<void> }>;

const APACHE_MODULES = '/usr/lib/apache2/modules';

/** Why tests behind it cannot run here; undefined where they can. */
export const noNginx = isInstalled('nginx', ['-v']) ? undefined : 'there is no nginx: install one';
export const noHaproxy = isInstalled('haproxy', ['-v']) ? undefined : 'there is no haproxy: install one';
export const noApache =
  isInstalled('apache2', ['-v']) && existsSync(APACHE_MODULES)
    ? undefined
    : 'there is no apache2 as Debian has it: install one';

function isInstalled(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args).status === 0;
}

const ROOT_AND_PREFIX = `
          location / { proxy_pass http://heksher; }
          location /settings/ { proxy_pass http://heksher/; }`;

/**
 * nginx as it is usually set up: connections to the service are kept, long answers are compressed by nginx.
 * @param idleS how long it keeps connections to the service
 * @param locations what it serves of the upstream `heksher`
 */
export async function startNginx(target: string, idleS: number, locations = ROOT_AND_PREFIX): Promise<WebServer> {
  return startWebServer(target, (port, host, folder) => ({
    file: 'nginx',
    args: ['-p', folder, '-c', join(folder, 'server.conf'), '-e', 'stderr'],
    config: `
      daemon off; master_process off; pid nginx.pid; error_log stderr warn; worker_rlimit_nofile 8192;
      events { worker_connections 4096; }
      http {
        access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
        scgi_temp_path scgi; gzip on; gzip_proxied any; gzip_types application/json; gzip_min_length 100;
        upstream heksher { server ${host}; keepalive 512; keepalive_timeout ${idleS}s; }
        server {
          listen 127.0.0.1:${port};
          proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
          ${locations}
        }
      }`,
  }));
}

/** Apache with mod_proxy_http and mod_deflate, likewise. */
export async function startApache(target: string): Promise<WebServer> {
  const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'filter', 'deflate', 'headers'];
  return startWebServer(target, (port, host, folder) => ({
    file: 'apache2',
    args: ['-d', folder, '-f', join(folder, 'server.conf'), '-D', 'FOREGROUND'],
    config: `
      ${modules.map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`).join('\n')}
      ServerName localhost
      Listen 127.0.0.1:${port}
      PidFile ${folder}/apache.pid
      DefaultRuntimeDir ${folder}
      Mutex file:${folder} default
      ErrorLog ${folder}/error.log
      User nobody
      Group nogroup
      ProxyPreserveHost On
      ProxyPass /settings/ http://${host}/
      ProxyPass / http://${host}/
      AddOutputFilterByType DEFLATE application/json`,
  }));
}

/** nginx with nothing but where the service is: HTTP/1.0 to it, and answers held back where they may be. */
export async function startPlainNginx(target: string): Promise<WebServer> {
  return startWebServer(target, (port, host, folder) => ({
    file: 'nginx',
    args: ['-p', folder, '-c', join(folder, 'server.conf'), '-e', 'stderr'],
    config: `
      daemon off; master_process off; pid nginx.pid; error_log stderr warn;
      events {}
      http {
        access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        server { listen 127.0.0.1:${port}; location / { proxy_pass http://${host}; } }
      }`,
  }));
}

/** HAProxy with the time limits of its manual's first example. */
export async function startHaproxy(target: string): Promise<WebServer> {
  return startWebServer(target, (port, host, folder) => ({
    file: 'haproxy',
    args: ['-db', '-f', join(folder, 'server.conf')],
    config: `
global
  maxconn 500
defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend in
  bind 127.0.0.1:${port}
  default_backend heksher
backend heksher
  compression algo gzip
  compression type application/json text/event-stream
  server one ${host}
`,
  }));
}

type Setup = (port: number, host: string, folder: string) => Readonly<{ file: string; args: string[]; config: string }>;

async function startWebServer(target: string, setup: Setup): Promise<WebServer> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-web-server-'));
  await chmod(folder, 0o777);
  const port = await freePort();
  const { file, args, config } = setup(port, new URL(target).host, folder);
  await writeFile(join(folder, 'server.conf'), config);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await until(`${file} to listen`, async () => {
    if (child.exitCode !== null) throw new Error(`${file} ended: ${printed}`);
    return accepts(port);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
