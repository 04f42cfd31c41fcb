import process from "node:process";
import { loadConfig } from "../config.ts";
import { seconds } from "../kernel/time.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import type { Served } from "./composition.ts";
import type { Io } from "./io.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Resolves at the first signal; a second one ends the process at once. */
function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of signals)
      process.on(signal, () => {
        if (asked) process.exit(signal === "SIGINT" ? 130 : 143);
        asked = true;
        resolve();
      });
  });
}

function welcome(io: Io, { url, demo }: Served) {
  io.say(`Vahva is ready: ${url}`);
  if (!demo) return;
  io.say("");
  io.say("This is a demonstration: the people are made up, and no message leaves this machine.");
  if (demo.invitation) io.say(`  Activate an account   ${demo.invitation}`);
  io.say(`  Try an application    ${demo.application}`);
  io.say(`  Try a lost phone      ${demo.systems}`);
  io.say(`  Read the messages     ${demo.inbox}`);
  io.say("");
  io.say("Ctrl+C stops it. VAHVA_MODE=production makes it real: docs/operate/.");
}

async function run(io: Io): Promise<number> {
  const config = loadConfig(io.env);
  const asked = untilAsked();
  const { compose, serve } = await io.composition();
  const composed = await compose({ config, claim: true, log: io.say });
  try {
    const served = await serve(composed);
    welcome(io, served);
    await asked;
    io.say("Stopping: requests under way are finished first. Ctrl+C again stops at once.");
    await served.close();
    return 0;
  } catch (error) {
    // What was half put together may hold on to something, and whoever watches over the service has to see that it ended.
    setTimeout(() => process.exit(1), seconds(5)).unref();
    throw error;
  } finally {
    await composed.close();
  }
}

/** `vahva start` */
export const addStart: AddCommand = (parent, io, outcome) => {
  parent.addCommand(
    makeCommand("start", "Start the service: in demo mode unless VAHVA_MODE=production.", [
      "vahva start",
      "VAHVA_PORT=4100 VAHVA_DATA=/srv/demo vahva start",
    ]).action(async () => {
      outcome.code = await run(io);
    }),
  );
};
