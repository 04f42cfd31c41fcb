import type { Command } from "commander";
import { makeCommand } from "./command.ts";
import { type Context, organisationOf } from "./context.ts";
import type { Io } from "./io.ts";
import { json, refuse } from "./output.ts";

type Flags = { dryRun?: boolean; json?: boolean };

async function sync(context: Context, io: Io, slug: string, name: string, flags: Flags): Promise<number> {
  const organisation = await organisationOf(context, slug);
  const { dryRun = false } = flags;
  const synced = await context.features.directories.sync(organisation.id, name, {
    actor: "operator",
    dryRun,
    progress: (jobs) => io.progress(`To be told: ${jobs}`),
  });
  if (synced === "no-such-directory") {
    const says = `There is no directory "${name}" of ${organisation.slug}. "vahva directory list" shows those there are.`;
    return refuse(io, [{ field: "", says }], { asJson: flags.json });
  }
  if (synced === "closed") {
    const says = `The directory is closed, so it is told nothing. "vahva directory open ${organisation.slug} ${name}" opens it.`;
    return refuse(io, [{ field: "", says }], { asJson: flags.json });
  }
  const { accounts, jobs } = synced;
  if (flags.json) io.print(json({ ...synced, dryRun }));
  else if (dryRun) io.say(`Accounts: ${accounts}, of which it would be told: ${jobs}. Nothing was written.`);
  else io.say(`Accounts: ${accounts}, of which it will be told: ${jobs}. The rest waited to be told already.`);
  return 0;
}

/** `vahva directory sync`: what a directory never heard of. */
export function addSync(
  directory: Command,
  io: Io,
  run: (act: (context: Context) => Promise<number>) => Promise<void>,
): void {
  directory.addCommand(
    makeCommand("sync", "Tell a directory of every account that is there already: after it was added.", [
      "vahva directory sync koivula entra --dry-run",
      "vahva directory sync koivula entra",
    ])
      .argument("<organisation>", "the organisation's slug or id")
      .argument("<name>", "the directory's name")
      .option("--dry-run", "only say how many")
      .option("--json", "print the numbers as JSON")
      .action((slug: string, name: string, flags: Flags) => run((context) => sync(context, io, slug, name, flags))),
  );
}
