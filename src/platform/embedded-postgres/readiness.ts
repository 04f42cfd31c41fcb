import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

const CANNOT_CONNECT_NOW = "57P03"; // starting up, or replaying its log after a crash
const NO_SUCH_DATABASE = "3D000";

/** Waits until the database at `url` answers, creating it the first time. Recovery after a crash may take its time. */
export async function waitUntilReady(url: string, signal: AbortSignal): Promise<"ready" | "given-up"> {
  for (let waited = 0; !signal.aborted; waited += 15) {
    const answer = await tryToConnect(url);
    if (answer === "ready") return answer;
    if (answer === NO_SUCH_DATABASE) await createDatabase(url);
    else if (answer !== CANNOT_CONNECT_NOW && waited > 30_000)
      throw new Error(`the embedded PostgreSQL does not answer (${answer})`);
    await sleep(15);
  }
  return "given-up";
}

async function tryToConnect(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {}); // told by connect() already
  try {
    await client.connect();
    return "ready";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    await client.end().catch(() => {});
  }
}

async function createDatabase(url: string) {
  const client = new Client({ connectionString: url.replace(/\/vahva(?=$|\?)/, "/postgres") });
  await client.connect();
  await client.query("create database vahva");
  await client.end();
}
