import { loadConfig } from "../config.ts";
import { openDatabaseServer } from "../database-server.ts";
import { migrate } from "../platform/database/index.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import type { Io } from "./io.ts";
import { json } from "./output.ts";

async function run(io: Io, asJson: boolean | undefined): Promise<number> {
  const server = await openDatabaseServer(loadConfig(io.env), { claim: false, log: io.say });
  try {
    const applied = await migrate(server.url, (done, total, name) =>
      io.progress(`Migrating: ${done} of ${total} (${name})`),
    );
    if (asJson) io.print(json({ applied }));
    io.say(applied === 0 ? "The database is up to date." : `Migrations applied: ${applied}.`);
    return 0;
  } finally {
    await server.stop();
  }
}

/** `vahva migrate` */
export const addMigrate: AddCommand = (parent, io, outcome) => {
  parent.addCommand(
    makeCommand("migrate", "Bring the database to this version. The version before goes on serving meanwhile.", [
      "DATABASE_URL=postgres://vahva@db.example/vahva vahva migrate",
    ])
      .option("--json", "print how many migrations were applied as JSON")
      .action(async (flags: { json?: boolean }) => {
        outcome.code = await run(io, flags.json);
      }),
  );
};
