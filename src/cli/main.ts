import { Command, CommanderError } from "commander";
import { PlainError } from "../kernel/plain-error.ts";
import { addAccount } from "./account.ts";
import { addApplication } from "./application.ts";
import { addAudit } from "./audit.ts";
import { addCase } from "./case.ts";
import type { AddCommand, Outcome } from "./command.ts";
import { addDirectory } from "./directory.ts";
import { addDoctor } from "./doctor/index.ts";
import { addEid } from "./eid.ts";
import { addImport } from "./import.ts";
import { addInvite } from "./invite.ts";
import { type Io, systemIo } from "./io.ts";
import { addKeys } from "./keys.ts";
import { addMigrate } from "./migrate.ts";
import { addOrganisation } from "./organisation.ts";
import { addStart } from "./start.ts";

const commands: readonly AddCommand[] = [
  addStart,
  addMigrate,
  addDoctor,
  addOrganisation,
  addInvite,
  addImport,
  addAccount,
  addCase,
  addApplication,
  addEid,
  addDirectory,
  addAudit,
  addKeys,
];

/** All commands, as they parse and as they describe themselves. */
export function makeProgram(io: Io, outcome: Outcome): Command {
  const program = new Command("vahva")
    .description("Strong authentication for the people of many organisations.")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    // An option belongs to the command before it: "import" and "import tokens" both have their own.
    .enablePositionalOptions()
    .addHelpText(
      "after",
      "\nConfiguration comes from the environment and the file that VAHVA_CONFIG names: docs/reference/configuration.md.\nExit codes: 0 done, 1 failed, 2 wrong use.",
    );
  for (const add of commands) add(program, io, outcome);
  const prepare = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: io.print, writeErr: (text) => io.say(text.trimEnd()) });
    command.showHelpAfterError(`See "${pathOf(command)} --help".`);
    command.commands.forEach(prepare);
  };
  prepare(program);
  return program;
}

/** `vahva organisation set` */
export const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

const shown = new Set(["commander.helpDisplayed", "commander.version"]);

/** Outages of the database that whoever sits there can mend: SQLSTATE classes 08, 28, 3D, 57P, and the system's names. */
const outage = /^(?:08|28|3D|57P)|^(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/;

function explain(error: unknown): string {
  if (error instanceof PlainError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && typeof error.code === "string" && outage.test(error.code))
    return `The database can't be used: ${error.message}. "vahva doctor" tells more.`;
  return error.stack ?? error.message;
}

/** Runs one command; resolves to the exit code: 0 done, 1 failed, 2 wrong use. */
export async function main(argv: readonly string[], io: Io = systemIo()): Promise<number> {
  const outcome: Outcome = { code: 0 };
  try {
    await makeProgram(io, outcome).parseAsync(argv, { from: "user" });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return shown.has(error.code) ? 0 : 2;
    io.say(explain(error));
    return 1;
  }
}
