import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/platform/embedded-postgres/index.ts";

/** Nothing here need survive a power cut. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
  wal_level: "minimal",
  max_wal_senders: "0",
};

/** A PostgreSQL of its own in a folder of its own; `stop` removes both. */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), "vahva-test-"));
  chmodSync(directory, 0o711); // root's server runs as another user
  const server = await startEmbeddedPostgres({ directory, claim: true, settings });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      removeDatabase(directory);
    },
  };
}

/** Removes the folder and, where the data had to go elsewhere, the data. */
export function removeDatabase(directory: string) {
  const pointer = join(directory, "postgres.location");
  if (existsSync(pointer)) rmSync(readFileSync(pointer, "utf8").trim(), { recursive: true, force: true });
  rmSync(directory, { recursive: true, force: true });
}
