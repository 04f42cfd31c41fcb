import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../harness/free-port.ts";
import { part } from "../harness/parts.ts";
import { until } from "../harness/service.ts";

const names = ["bearerbox", "smsbox", "fakesmsc"] as const;

/** Why there can be no Kannel here, as a sentence for a test's `skip`; false when it can. */
export const noKannel = (): string | false => {
  const missing = names.map(part).find((found) => "missing" in found);
  return missing && "missing" in missing ? missing.missing : false;
};

function pathOf(name: (typeof names)[number]): string {
  const found = part(name);
  if ("missing" in found) throw new Error(found.missing);
  return found.path;
}

export type KannelMessage = { to: string; text: string };

/**
 * Kannel (bearerbox and smsbox) with its own fake SMS centre behind it, all on loopback and ports of its own choice: a gateway
 * that nobody here wrote. `stopSmsc` and `startSmsc` make an outage behind the gateway, which queues meanwhile.
 */
export async function startKannel() {
  const folder = await mkdtemp(join(tmpdir(), "vahva-kannel-"));
  const [admin = 0, box = 0, smscPort = 0, http = 0] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const file = join(folder, "kannel.conf");
  await writeFile(file, configuration({ folder, admin, box, smscPort, http }));

  let received = "";
  let smsc: ChildProcess | undefined;
  const startSmsc = async (): Promise<void> => {
    // fakesmsc sends at least one message of its own; with -m 0 it only listens.
    const args = ["-H", "127.0.0.1", "-r", String(smscPort), "-m", "0", "-v", "0", "100 200 text x"];
    smsc = spawn(pathOf("fakesmsc"), args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [smsc.stdout, smsc.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        received += chunk;
      });
    }
    await until(async () => /online/u.test(await status(admin)), "the SMS centre to be connected");
  };
  const stopSmsc = async (): Promise<void> => {
    await ended(smsc);
    await until(async () => !/online/u.test(await status(admin)), "the SMS centre to be gone");
  };

  const bearerbox = spawn(pathOf("bearerbox"), [file], { stdio: "ignore", cwd: folder });
  await until(() => isOpen(smscPort), "bearerbox to listen");
  const smsbox = spawn(pathOf("smsbox"), [file], { stdio: "ignore", cwd: folder });
  await until(() => isOpen(http), "smsbox to listen");
  await startSmsc();

  return {
    /** Without parameters: `username=svc`, `password=svcpw`. */
    sendsmsUrl: `http://127.0.0.1:${http}/cgi-bin/sendsms`,
    received: async (): Promise<KannelMessage[]> => readMessages(received),
    stopSmsc,
    startSmsc,
    stop: async () => {
      await ended(smsc);
      await ended(smsbox);
      await ended(bearerbox);
      await rm(folder, { recursive: true, force: true });
    },
    /** What Kannel itself logged, for a look at what went wrong. */
    log: () => readFile(join(folder, "smsbox.log"), "utf8"),
  };
}

export type TestKannel = Awaited<ReturnType<typeof startKannel>>;

type Ports = { folder: string; admin: number; box: number; smscPort: number; http: number };

const configuration = ({ folder, admin, box, smscPort, http }: Ports): string => `group = core
admin-port = ${admin}
admin-interface = "127.0.0.1"
admin-password = adm
status-password = sta
smsbox-port = ${box}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
log-file = "${folder}/bearerbox.log"
log-level = 1
dlr-storage = internal
sms-resend-freq = 1
store-type = file
store-location = "${folder}/kannel.store"

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = ${smscPort}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${box}
sendsms-port = ${http}
sendsms-interface = "127.0.0.1"
sendsms-chars = "0123456789 +-"
global-sender = VAHVA
log-file = "${folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = svc
password = svcpw
user-allow-ip = "127.0.0.1"
max-messages = 5
concatenation = true

group = sms-service
keyword = default
text = "ok"
`;

/**
 * fakesmsc prints `Got message N: <from to KIND DATA>`: `text` as it is, `ucs-2` percent-encoded UTF-16BE, and
 * `udh HEADER data DATA` for a part of a long message (header 05 00 03, reference, parts, number), which are joined here.
 * Of a short text with several lines, its own line protocol keeps the first only.
 */
function readMessages(log: string): KannelMessage[] {
  const messages = new Map<string, KannelMessage & { missing: number }>();
  for (const { index, groups } of log.matchAll(/Got message \d+: <\S+ (?<to>\S+) (?<rest>.*?)>$/gmsu)) {
    const { to = "", rest = "" } = groups ?? {};
    const part = /^udh (\S+) data (\S*)$/u.exec(rest);
    const text = part ? unpack(part[2] ?? "") : rest.startsWith("ucs-2 ") ? unpack(rest.slice(6)) : rest.slice(5);
    const [, , , reference = 0, parts = 1] = bytesOf(part?.[1] ?? "");
    const key = part ? `${to} ${reference}` : String(index);
    const sofar = messages.get(key);
    messages.set(key, { to, text: (sofar?.text ?? "") + text, missing: (sofar?.missing ?? parts) - 1 });
  }
  return [...messages.values()].filter(({ missing }) => missing === 0).map(({ to, text }) => ({ to, text }));
}

function bytesOf(encoded: string): Buffer {
  const raw = encoded
    .replace(/\+/gu, " ")
    .replace(/%([0-9A-Fa-f]{2})/gu, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(raw, "latin1");
}

/** Data in a part is UTF-8, or UTF-16BE when the message went as UCS-2: only the latter has zero bytes. */
function unpack(encoded: string): string {
  const bytes = bytesOf(encoded);
  return bytes.includes(0) ? bytes.swap16().toString("utf16le") : bytes.toString();
}

const status = async (admin: number): Promise<string> => {
  try {
    return await (await fetch(`http://127.0.0.1:${admin}/status.txt?password=sta`)).text();
  } catch {
    return "";
  }
};

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await Promise.race([exit, wait(2000)]);
  child.kill("SIGKILL");
  await exit;
}
