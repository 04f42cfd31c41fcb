import { type Config, loadConfig } from "../../config.ts";
import { PlainError } from "../../kernel/plain-error.ts";
import { type AddCommand, makeCommand } from "../command.ts";
import { withContext } from "../context.ts";
import type { Io } from "../io.ts";
import { json } from "../output.ts";
import { checkBrokers } from "./brokers.ts";
import { checkCards } from "./cards.ts";
import { type Check, fail, pass, wordsOf } from "./check.ts";
import { checkDatabase } from "./database.ts";
import { checkDirectories } from "./directories.ts";
import { checkAddress, checkFolder, checkNode, checkSecrets } from "./machine.ts";
import { checkMail, checkSms } from "./senders.ts";
import { checkOldestSecret } from "./stored.ts";
import { checkTls } from "./tls.ts";

const marks = { pass: "✔", advice: "•", fail: "✖" } as const satisfies Record<Check["verdict"], string>;

const readConfig = (io: Io): Config | string => {
  try {
    return loadConfig(io.env);
  } catch (error) {
    if (error instanceof PlainError) return error.message;
    throw error;
  }
};

async function examine(io: Io): Promise<Check[]> {
  const config = readConfig(io);
  if (typeof config === "string")
    return [checkNode(), fail("Configuration", config, "docs/reference/configuration.md lists every setting.")];
  // Side by side: a mail server that does not answer must not make the others wait.
  const [database, address, mail, sms, cards] = await Promise.all([
    checkDatabase(config, io.say),
    checkAddress(config),
    checkMail(config),
    checkSms(config),
    checkCards(config, new Date()),
  ]);
  const configuration = pass("Configuration", `Complete, ${config.mode} mode.`);
  // They are in the database: where that can't be used, it has been said.
  const passes = (name: string) => database.some((check) => check.name === name && check.verdict === "pass");
  const usable = passes("Database") && passes("Migrations");
  const configured = usable ? await examineConfigured(io) : [];
  const machine = [checkNode(), configuration, checkSecrets(config), checkFolder(config)];
  return [...machine, address, ...checkTls(config, new Date()), ...database, mail, sms, ...cards, ...configured];
}

/** What hangs on what is in the database: the order of secrets, brokers and directories. */
const examineConfigured = async (io: Io): Promise<Check[]> => {
  const checks: Check[] = [];
  await withContext(io, async (context) => {
    const checked = [checkOldestSecret(context), checkBrokers(context), checkDirectories(context)];
    checks.push(...(await Promise.all(checked)).flat());
    return 0;
  }).catch((error: unknown) => {
    checks.push(fail("Brokers and directories", `They can't be looked at. ${wordsOf(error)}`, "Mend this first."));
  });
  return checks;
};

async function run(io: Io, asJson: boolean | undefined): Promise<number> {
  const checks = await examine(io);
  const failed = checks.filter(({ verdict }) => verdict === "fail").length;
  if (asJson) io.print(json({ ok: failed === 0, checks }));
  else
    for (const { name, verdict, says, todo } of checks)
      io.print(`${marks[verdict]} ${name}: ${says}${todo ? `\n    ${todo}` : ""}`);
  if (failed > 0) io.say(`Failed: ${failed}.`);
  return failed > 0 ? 1 : 0;
}

/** `vahva doctor` */
export const addDoctor: AddCommand = (parent, io, outcome) => {
  parent.addCommand(
    makeCommand("doctor", "Check everything that the service stands on, and say what to do about it.", [
      "vahva doctor",
      "vahva doctor --json",
    ])
      .option("--json", "print the checks as JSON")
      .action(async (flags: { json?: boolean }) => {
        outcome.code = await run(io, flags.json);
      }),
  );
};
