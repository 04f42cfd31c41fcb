import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What a server says of itself (`peers/orders.ts`). CPU in microseconds since it began, memory in bytes. */
export type Usage = { cpu: number; rss: number; peak: number };
export type Trips = { trips: number; texts: string[] };

export type Peer = Awaited<ReturnType<typeof startPeer>>;

type Environment = Readonly<Record<string, string>>;

/** Starts `peers/<program>` as a process of its own; resolves once it serves. */
export async function startPeer(program: string, { database, env }: { database: string; env: Environment }) {
  const { PATH = "", HOME = "" } = process.env;
  const child = fork(join(import.meta.dirname, "..", "peers", program), {
    env: { PATH, HOME, DATABASE_URL: database, ...env },
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const origin = await heard<string>(child, "serving");
  const order = async <T>(what: string): Promise<T> => {
    child.send(what);
    return heard<T>(child, what);
  };
  return {
    origin,
    database,
    usage: () => order<Usage>("usage"),
    /** The database round trips of `run`, and the statements that made them. Slows the server down from then on. */
    async trips(run: () => Promise<unknown>): Promise<Trips> {
      await order("count");
      await run();
      return order<Trips>("counted");
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exit = once(child, "exit");
      child.send("stop");
      await exit;
    },
  };
}

/** The next message of this kind; throws when the server ends instead. */
function heard<T>(child: ChildProcess, kind: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the server ended instead of saying "${kind}"`));
    const hear = (message: { kind: string; value: T }) => {
      if (message.kind !== kind) return;
      child.off("message", hear);
      child.off("exit", ended);
      resolve(message.value);
    };
    child.on("message", hear);
    child.once("exit", ended);
  });
}
