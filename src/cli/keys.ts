import { InvalidArgumentError } from "commander";
import { type KeyListing, type KeyUse, keyUses } from "../features/authenticators/eid/index.ts";
import type { Instant } from "../kernel/time.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, withContext } from "./context.ts";
import type { Io } from "./io.ts";
import { json, table } from "./output.ts";

type Flags = { json?: boolean; algorithm?: string; use?: string; inDays?: number; now?: boolean };

const algorithms = ["ES256", "RS256"] as const;

const toDays = (text: string): number => {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError("Give a number of days.");
  return Number(text);
};

async function list({ features, clock }: Context, io: Io, asJson: boolean | undefined): Promise<number> {
  const keys = await features.applications.signingKeys();
  const brokerKeys = await features.identityBrokers.keys.list();
  const now = clock.now();
  const state = ({ signs, signsFrom }: (typeof keys)[number]) =>
    signs ? "signs" : signsFrom > now ? `signs from ${signsFrom.toISOString()}` : "published for old tokens";
  if (asJson) io.print(json([...keys, ...brokerKeys]));
  else
    io.print(
      table([
        ...keys.map((key) => [key.kid, key.algorithm, state(key)]),
        ...brokerKeys.map((key) => [key.kid, `brokers ${key.use}`, brokerState(key, now)]),
      ]),
    );
  return 0;
}

function brokerState({ use, current, signsFrom, usedUntil }: KeyListing, now: Instant): string {
  if (signsFrom > now) return `${use === "enc" ? "published" : "signs"} from ${signsFrom.toISOString()}`;
  const does = { sig: "signs", enc: "decrypts", entity: "vouches for the others" }[use];
  if (current || !usedUntil) return does;
  return use === "enc" ? `decrypts until ${usedUntil.toISOString()}` : `published until ${usedUntil.toISOString()}`;
}

async function rotate(context: Context, io: Io, flags: Flags): Promise<number> {
  const { algorithm = "ES256", now = false, json: asJson } = flags;
  if (flags.use !== undefined) return rotateBrokerKey(context, io, flags);
  const known = algorithms.find((name) => name === algorithm.toUpperCase());
  if (!known) {
    io.say(`There is no algorithm "${algorithm}". Choose ES256 or RS256.`);
    return 2;
  }
  if (flags.inDays !== undefined) {
    io.say("--in-days goes with --use sig.");
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

async function rotateBrokerKey(context: Context, io: Io, flags: Flags): Promise<number> {
  const { algorithm, inDays, now = false } = flags;
  const use = keyUses.find((name) => name === flags.use);
  if (
    !use ||
    algorithm !== undefined ||
    ((inDays !== undefined || now) && use !== "sig") ||
    (inDays !== undefined && now)
  ) {
    io.say("Choose --use sig, enc or entity, without --algorithm; --in-days or --now go with sig only.");
    return 2;
  }
  const { keys } = context.features.identityBrokers;
  const kid = await keys.rotate(use, { actor: "operator", atOnce: now, ...(inDays !== undefined && { inDays }) });
  io.say(told(use, kid, now ? "now" : (inDays ?? 2)));
  return flags.json ? list(context, io, true) : 0;
}

const byHand = 'Brokers that hold our keys by hand need it now: "vahva eid registration <name>".';

function told(use: KeyUse, kid: string, when: number | "now"): string {
  if (use === "entity")
    return `The key ${kid} vouches for our keys from now on. Every broker of the Finnish Trust Network has to be told of it: "vahva eid registration <name>". Until then it may refuse our keys.`;
  if (use === "enc")
    return `The key ${kid} takes the place of the earlier one in two minutes; that one decrypts for 30 days more. ${byHand}`;
  if (when === "now")
    return `The key ${kid} signs from now on, and the earlier one is withdrawn: brokers refuse us until they have read it. ${byHand}`;
  return `The key ${kid} is published, and signs in ${when} days. The earlier one stays published for two days more. ${byHand}`;
}

/** `vahva keys …` */
export const addKeys: AddCommand = (parent, io, outcome) => {
  const keys = makeCommand(
    "keys",
    "The keys that sign tokens for applications, and those towards identification brokers.",
    ["vahva keys list", "vahva keys rotate", "vahva keys rotate --use sig"],
  );
  parent.addCommand(keys);
  keys.addCommand(
    makeCommand("list", "List the keys in use, and which of them sign.", ["vahva keys list --json"])
      .option("--json", "print them as JSON")
      .action(async (flags: Flags) => {
        outcome.code = await withContext(io, (context) => list(context, io, flags.json));
      }),
  );
  keys.addCommand(
    makeCommand("rotate", "Publish a new key, which signs a day later, towards brokers two; nobody is signed out.", [
      "vahva keys rotate",
      "vahva keys rotate --algorithm RS256 --now",
      "vahva keys rotate --use sig --in-days 14",
      "vahva keys rotate --use enc",
    ])
      .option("--algorithm <name>", "for applications: ES256 (unless told otherwise) or RS256")
      .option("--use <use>", "towards brokers: sig, enc, or entity, which every broker has to be told of")
      .option("--in-days <number>", "with --use sig: when it begins to sign, in days", toDays)
      .option("--now", "sign with it at once and withdraw the earlier ones: after a leak")
      .option("--json", "print the keys in use as JSON")
      .action(async (flags: Flags) => {
        outcome.code = await withContext(io, (context) => rotate(context, io, flags));
      }),
  );
};
