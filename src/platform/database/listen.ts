import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/** Calls `onNotice` at every NOTIFY on `channel`, and whenever some may have been missed: on connecting, again and again. */
export type Listen = (channel: string, onNotice: () => void) => { stop(): Promise<void> };

const retryAfter = 1000;

/** LISTEN on a connection of its own per channel, which is opened anew a second after it breaks. */
export const makeListen =
  (url: string): Listen =>
  (channel, onNotice) => {
    const stopping = new AbortController();
    const stopped = keepListening(url, channel, onNotice, stopping.signal);
    return {
      stop: () => {
        stopping.abort();
        return stopped;
      },
    };
  };

async function keepListening(url: string, channel: string, onNotice: () => void, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const client = new Client({ connectionString: url, application_name: "vahva-listen", keepAlive: true });
    const broken = new Promise<void>((resolve) => {
      client.on("error", () => resolve());
      client.on("end", () => resolve());
      stop.addEventListener("abort", () => resolve(), { once: true });
    });
    client.on("notification", onNotice);
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
      onNotice();
      await broken;
    } catch {
      // The database is away; the next round tries again.
    }
    await client.end().catch(() => {});
    await sleep(retryAfter, undefined, { signal: stop }).catch(() => {});
  }
}
