import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { part } from "../harness/parts.ts";
import { until } from "../harness/service.ts";

export type ProxyName = "nginx" | "haproxy";

type Setup = Readonly<{
  port: number;
  /** The card listener's own port. */
  backend: number;
  /** PEM: its own certificate and key, and the CAs that cards hang under. */
  tls: Readonly<{ certificate: string; key: string }>;
  authorities: string;
}>;

/** A real reverse proxy in front of the card listener, configured as docs/operate/certificate-cards.md says. */
export async function startCardProxy(name: ProxyName, { port, backend, tls, authorities }: Setup) {
  const dir = mkdtempSync(join(tmpdir(), `vahva-${name}-`));
  const file = (called: string, content: string) => {
    writeFileSync(join(dir, called), content);
    return join(dir, called);
  };
  const paths = {
    dir,
    pem: file("tls.pem", `${tls.certificate}\n${tls.key}`),
    ca: file("authorities.pem", authorities),
    port,
    backend,
  };
  const configuration = file("proxy.conf", name === "nginx" ? nginx(paths) : haproxy(paths));
  const args = name === "nginx" ? ["-p", dir, "-e", "stderr", "-c", configuration] : ["-db", "-f", configuration];
  const program = part(name);
  if ("missing" in program) throw new Error(program.missing);
  const child = spawn(program.path, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  const stop = async () => {
    await end(child);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
      return answers(port);
    }, `${name} to listen`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

type Paths = Readonly<{ dir: string; pem: string; ca: string; port: number; backend: number }>;

const nginx = ({ dir, pem, ca, port, backend }: Paths) => `
daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log stderr;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${pem}; ssl_certificate_key ${pem};
    ssl_client_certificate ${ca}; ssl_verify_client optional; ssl_verify_depth 3;
    ssl_session_tickets off; ssl_session_cache off; keepalive_timeout 0;
    proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
    proxy_set_header X-SSL-Client-Verify $ssl_client_verify;
    error_page 495 = @refused;
    location / { proxy_pass http://127.0.0.1:${backend}; }
    location @refused { proxy_pass http://127.0.0.1:${backend}; }
  }
}`;

const haproxy = ({ pem, ca, port, backend }: Paths) => `
global
  tune.ssl.cachesize 0
defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend cards
  bind 127.0.0.1:${port} ssl crt ${pem} ca-file ${ca} verify optional crt-ignore-err all ca-ignore-err all no-tls-tickets
  http-request del-header x-ssl-client-cert
  http-request set-header x-ssl-client-verify %[ssl_c_verify]
  http-request set-header x-ssl-client-cert %[ssl_c_der,base64] if { ssl_c_used }
  option httpclose
  default_backend vahva-cards
backend vahva-cards
  server vahva 127.0.0.1:${backend}
`;

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.once("error", () => resolve(false)).once("connect", () => socket.destroy());
  });

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
