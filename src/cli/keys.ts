import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, withContext } from "./context.ts";
import type { Io } from "./io.ts";
import { json, table } from "./output.ts";

type Flags = { json?: boolean; algorithm: string; now?: boolean };

const algorithms = ["ES256", "RS256"] as const;

async function list({ features, clock }: Context, io: Io, asJson: boolean | undefined): Promise<number> {
  const keys = await features.applications.signingKeys();
  const now = clock.now();
  const state = ({ signs, signsFrom }: (typeof keys)[number]) =>
    signs ? "signs" : signsFrom > now ? `signs from ${signsFrom.toISOString()}` : "published for old tokens";
  if (asJson) io.print(json(keys));
  else io.print(table(keys.map((key) => [key.kid, key.algorithm, state(key)])));
  return 0;
}

async function rotate(context: Context, io: Io, { algorithm, now = false, json: asJson }: Flags): Promise<number> {
  const known = algorithms.find((name) => name === algorithm.toUpperCase());
  if (!known) {
    io.say(`There is no algorithm "${algorithm}". Choose ES256 or RS256.`);
    return 2;
  }
  const kid = await context.features.applications.rotateSigningKey(known, { atOnce: now });
  io.say(
    now
      ? `The key ${kid} signs from now on. Tokens signed by the earlier ones are no longer accepted.`
      : `The key ${kid} is published, and signs from tomorrow. The earlier one stays published for 30 days more.`,
  );
  return asJson ? list(context, io, true) : 0;
}

/** `vahva keys …` */
export const addKeys: AddCommand = (parent, io, outcome) => {
  const keys = makeCommand("keys", "The keys that sign tokens for applications.", [
    "vahva keys list",
    "vahva keys rotate",
  ]);
  parent.addCommand(keys);
  keys.addCommand(
    makeCommand("list", "List the published keys and which of them sign.", ["vahva keys list --json"])
      .option("--json", "print them as JSON")
      .action(async (flags: Flags) => {
        outcome.code = await withContext(io, (context) => list(context, io, flags.json));
      }),
  );
  keys.addCommand(
    makeCommand("rotate", "Publish a new key, which signs a day later; nobody is signed out.", [
      "vahva keys rotate",
      "vahva keys rotate --algorithm RS256 --now",
    ])
      .option("--algorithm <name>", "ES256 or RS256", "ES256")
      .option("--now", "sign with it at once and withdraw the earlier ones: after a leak")
      .option("--json", "print the published keys as JSON")
      .action(async (flags: Flags) => {
        outcome.code = await withContext(io, (context) => rotate(context, io, flags));
      }),
  );
};
