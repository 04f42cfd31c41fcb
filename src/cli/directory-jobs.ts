import type { Command } from "commander";
import type { StoredJob } from "../features/directories/index.ts";
import { loadAccount } from "../features/organisations/index.ts";
import { PlainError } from "../kernel/plain-error.ts";
import { makeCommand } from "./command.ts";
import { type Context, organisationOf, slugsOf } from "./context.ts";
import type { Io } from "./io.ts";
import { json, refuse, table } from "./output.ts";
import { toNumber } from "./texts.ts";

const by = { actor: "operator" } as const;
const page = 200;

type Flags = { state?: string; organisation?: string; directory?: string; all?: boolean; json?: boolean };

const states = ["waiting", "failed", "withheld", "partly"] as const;

const refusals = {
  "no-such-job": 'There is no such job, or it is done. "vahva directory jobs" shows those there are.',
  "waits-already": "The job waits already.",
  "account-frozen": 'The account is frozen. Open it first with "vahva account thaw".',
} as const;

/** Jobs with whose they are. */
async function named(context: Context, jobs: readonly StoredJob[]) {
  const slugs = await slugsOf(
    context,
    jobs.map(({ organisationId }) => organisationId),
  );
  const accounts = await Promise.all(jobs.map(({ accountId }) => loadAccount(context.db, accountId)));
  return jobs.map(({ organisationId, ...job }, index) => ({
    ...job,
    organisation: slugs.get(organisationId) ?? organisationId,
    userName: accounts[index]?.userName ?? "",
  }));
}

async function list(context: Context, io: Io, flags: Flags): Promise<number> {
  const state = states.find((name) => name === flags.state);
  if (flags.state !== undefined && !state) throw new PlainError(`The states are ${states.join(", ")}.`);
  const organisation = flags.organisation ? await organisationOf(context, flags.organisation) : null;
  const jobs = await context.features.directories.desk.list({
    ...(organisation && { organisationId: organisation.id }),
    ...(flags.directory !== undefined && { directory: flags.directory }),
    ...(state && { state }),
    limit: page,
  });
  const rows = await named(context, jobs);
  if (flags.json) io.print(json(rows));
  else if (rows.length === 0) io.say("There is none.");
  else
    io.print(
      table(
        rows.map((row) => [
          String(row.id),
          row.state,
          `${row.organisation}/${row.directory}`,
          row.task,
          row.userName,
          row.madeAt.toISOString(),
          why(row),
        ]),
      ),
    );
  if (rows.length === page) io.say(`The first ${page}. --organisation and --state show fewer.`);
  return 0;
}

/** Why it is not done, or not all of it; what is left there; and when it is tried next. */
const why = ({ reason, left, nextAttemptAt, isPaused }: Omit<StoredJob, "organisationId">): string =>
  [
    isPaused && "The directory is closed.",
    reason,
    left.length > 0 && `Left there: ${left.join(", ")}.`,
    !isPaused && reason !== null && nextAttemptAt && `Next try: ${nextAttemptAt.toISOString()}.`,
  ]
    .filter(Boolean)
    .join(" ");

async function resendAll(context: Context, io: Io, flags: Flags): Promise<number> {
  const { organisation: slug = "", directory: name = "" } = flags;
  const organisation = await organisationOf(context, slug);
  const count = await context.features.directories.desk.resendFailed(organisation.id, name, by);
  if (count === "no-such-directory") throw new PlainError(`There is no directory "${name}" of ${slug}.`);
  const withheld = "What was withheld is sent again by its number alone, once somebody has looked at it.";
  io.say(`Sent again: ${count}.${count === 0 ? ` ${withheld}` : ""}`);
  return 0;
}

/** Does the same to each job, and says of which it could not be done. */
async function each(io: Io, ids: readonly number[], act: (id: number) => Promise<string>): Promise<number> {
  let code = 0;
  for (const id of ids) {
    const result = await act(id);
    if (result in refusals) code = refuse(io, [{ field: String(id), says: refusals[result as keyof typeof refusals] }]); // it is one of them
  }
  return code;
}

/** `vahva directory jobs`, `resend` and `drop`: what waits for an operator. */
export function addJobs(
  directory: Command,
  io: Io,
  run: (act: (context: Context) => Promise<number>) => Promise<void>,
): void {
  directory.addCommand(
    makeCommand("jobs", "List what directories have yet to be told, the earliest first.", [
      "vahva directory jobs --state failed",
      "vahva directory jobs --organisation koivula --json",
    ])
      .option(
        "--state <state>",
        "waiting, failed (tried no more), withheld (of an account that was frozen), or partly (done, but not all of it)",
      )
      .option("--organisation <slug>", "of one organisation only")
      .option("--directory <name>", "of one directory only")
      .option("--json", "print them as JSON")
      .action((flags: Flags) => run((context) => list(context, io, flags))),
  );
  const resend = makeCommand("resend", "Send again what has failed or was withheld.", [
    "vahva directory resend 4711 4712",
    "vahva directory resend --all --organisation koivula --directory entra",
  ])
    .argument("[jobs...]", "their numbers")
    .option("--all", "everything that has failed of one directory")
    .option("--organisation <slug>", "with --all: the organisation")
    .option("--directory <name>", "with --all: the directory's name");
  directory.addCommand(
    resend.action((jobs: string[], flags: Flags) => {
      const whole = flags.all && flags.organisation !== undefined && flags.directory !== undefined;
      if (flags.all ? !whole || jobs.length > 0 : jobs.length === 0)
        return resend.error("Give the jobs' numbers, or --all with --organisation and --directory.");
      const ids = jobs.map(toNumber);
      return run((context) =>
        flags.all
          ? resendAll(context, io, flags)
          : each(io, ids, (id) => context.features.directories.desk.resend(id, by)),
      );
    }),
  );
  directory.addCommand(
    makeCommand("drop", "Forget jobs: their directories will not be told.", ["vahva directory drop 4711"])
      .argument("<jobs...>", "their numbers")
      .action((jobs: string[]) => {
        const ids = jobs.map(toNumber);
        return run((context) => each(io, ids, (id) => context.features.directories.desk.drop(id, by)));
      }),
  );
}
