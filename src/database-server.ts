import type { Config } from "./config.ts";
import { startEmbeddedPostgres } from "./platform/embedded-postgres/index.ts";

export type DatabaseServer = { url: string; embedded: boolean; stop(): Promise<void> };

/** The PostgreSQL that the configuration names, or the embedded one, started if need be. */
export async function openDatabaseServer(
  { database, dataFolder }: Pick<Config, "database" | "dataFolder">,
  { claim, log }: { claim: boolean; log: (line: string) => void },
): Promise<DatabaseServer> {
  if (database.url) return { url: database.url.reveal(), embedded: false, stop: async () => {} };
  const server = await startEmbeddedPostgres({ directory: dataFolder, claim, log });
  return { ...server, embedded: true };
}
