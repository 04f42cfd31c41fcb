import type {
  Carried,
  Directory,
  DirectoryHand,
  DirectorySettings,
  DirectorySubject,
  DirectoryTask,
} from "../../ports/directory.ts";
import { changedSinceWords, isChangedSince, parseSeen } from "../directory-parts/seen.ts";
import { valuesOf } from "../directory-parts/sources.ts";
import { carriedBy, failed } from "../directory-parts/trouble.ts";
import { type Capabilities, makeCapabilities } from "./capabilities.ts";
import { activeAs, change, newUser, wishesOf } from "./change.ts";
import { check } from "./check.ts";
import { type Exchange, makeExchange } from "./exchange.ts";
import { addressOf, type Found, find, type Key } from "./find.ts";
import { get } from "./path.ts";
import { see, wishesOfReset } from "./reset.ts";
import { parseSettings, type Settings } from "./settings.ts";

const done: Carried = { result: "done", progress: null, left: [] };

/** What one attempt works with. */
type Work = Readonly<{ settings: Settings; exchange: Exchange; can: Capabilities; subject: DirectorySubject }>;

/** A connection to one SCIM 2.0 service (RFC 7644). Settings are those that `parseSettings` made. */
export function connect({ settings: given, secret }: DirectorySettings): Directory {
  const parsed = parseSettings(given);
  if ("problems" in parsed) throw new Error("the settings of a SCIM directory can't be read");
  const { settings } = parsed;
  const capabilities = makeCapabilities(settings);

  return {
    carry: async (task, subject, hand) => {
      if (task.task === "reset" && settings.onReset === "nothing") return done;
      try {
        const exchange = makeExchange({ ...settings, token: tokenOf(secret), now: hand.now, signal: hand.signal });
        const work = { settings, exchange, can: await capabilities(exchange, hand.now()), subject };
        return task.task === "reset" ? await reset(work, task, hand) : await account(work);
      } catch (trouble) {
        return carriedBy(trouble);
      }
    },
    check: (now) => check({ settings, token: () => tokenOf(secret) }, now),
  };
}

function tokenOf(secret: string | null): string {
  if (secret !== null && /^[\x21-\x7E]+$/u.test(secret)) return secret;
  throw failed("There is no bearer token, or it has spaces in it: give the one that the SCIM service gave.");
}

async function account(work: Work): Promise<Carried> {
  const { settings, exchange, can, subject } = work;
  const found = await findAccount(work);
  if (found === null && !subject.isActive) return done;
  if (found === null) return settings.create ? await create(work) : noSuchUser(settings);
  if (!subject.isActive && settings.onClosed === "delete") {
    if (!can.delete) throw failed("The SCIM service can't delete users: choose another onClosed.");
    await exchange({ method: "DELETE", path: addressOf(found) }, [404]);
    return done;
  }
  return await update(work, found);
}

async function update({ settings, exchange, can, subject }: Work, found: Found): Promise<Carried> {
  const active = settings.onClosed === "nothing" ? [] : [activeAs(subject.isActive)];
  await change(exchange, can, found, [...wishesOf(subject, settings), ...active]);
  return done;
}

async function create(work: Work): Promise<Carried> {
  const { exchange, settings, subject } = work;
  const body = newUser([...wishesOf(subject, settings), activeAs(true)]);
  const { status } = await exchange({ method: "POST", path: "/Users", body }, [409]);
  if (status !== 409) return done;
  // An earlier attempt may have made it, or somebody else: it is ours unless it is already somebody's.
  const found = (await findBy(work, "externalId")) ?? (await findBy(work, "userName"));
  if (found) return await update(work, found);
  throw failed("The SCIM service says that somebody there has this account's user name or e-mail already (409).");
}

function noSuchUser({ lookUp }: Settings): Carried {
  const reason = `No user there has this account's ${lookUp}: make one there, or let us by setting create.`;
  return { result: "failed", reason, left: [] };
}

async function findAccount(work: Work): Promise<Found | null> {
  if (work.settings.lookUp === "externalId") return await findBy(work, "externalId");
  return (await findBy(work, "userName")) ?? (await findBy(work, "externalId"));
}

/** Never one that is another's: who has an externalId that isn't ours belongs to another account. */
async function findBy({ settings, exchange, can, subject }: Work, key: Key): Promise<Found | null> {
  const found = await find(exchange, can.filter, key, keyOf(settings, subject, key));
  const theirs = get(found?.resource, "externalId");
  if (theirs !== undefined && theirs !== null && theirs !== "" && theirs !== keyOf(settings, subject, "externalId"))
    throw failed("The user with this account's user name there belongs to another account: its externalId differs.");
  return found;
}

function keyOf({ attributes }: Settings, subject: DirectorySubject, key: Key): string {
  const source = attributes[key];
  const [value] = source === undefined ? [] : valuesOf(subject, source);
  if (value === undefined) throw failed(`The account has nothing that could be its ${key}: see attributes.`);
  return value;
}

async function reset(work: Work, { madeAt }: DirectoryTask & { task: "reset" }, hand: DirectoryHand): Promise<Carried> {
  const { settings, exchange, can } = work;
  const operations = settings.onReset === "nothing" ? [] : settings.onReset;
  const found = await findAccount(work);
  if (found === null) return settings.create ? done : noSuchUser(settings);
  const before = parseSeen(hand.memory);
  const seen = before ?? see(found.resource, operations);
  const wishes = wishesOfReset(found.resource, operations, { seen, madeAt });
  if (before === null) {
    await hand.remember(JSON.stringify(seen), null);
    const changedAt = new Date(String(get(get(found.resource, "meta"), "lastModified")));
    if (wishes.length > 0 && isChangedSince(madeAt, changedAt))
      return { result: "failed", reason: changedSinceWords, left: operations.map(({ path }) => path) };
  }
  await change(exchange, can, found, wishes);
  return done;
}
