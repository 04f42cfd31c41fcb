import type { Origin } from "../../../kernel/origin.ts";
import { days, hours, type Instant, minutes, plus } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import { use } from "../../../platform/throttle/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { Audit, AuditEvent } from "../../audit/index.ts";
import { isKnownBrowser, listAuthenticators, type MethodRule, sourceOf } from "../../journey/index.ts";
import type { Messages, Outgoing } from "../../messages/index.ts";
import {
  type Account,
  findAccountsByName,
  letterhead,
  loadOrganisation,
  nameKey,
  type Organisation,
} from "../../organisations/index.ts";
import { type NoLink, passwordWay } from "./password-way.ts";
import { saveLink } from "./store.ts";

export type SendLinkDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "hash">;
  audit: Audit;
  messages: Messages;
  methods: readonly MethodRule[];
  publicUrl: string;
};

/** `organisationId` is null where it is not known: then every account that the name finds gets its e-mail. */
export type LinkWish = Readonly<{ name: string; organisationId: string | null }>;

/** `sent` says nothing of whether anything was: it is the answer for everybody. */
export type LinkSent = "sent" | "too-many";

export const linkLifetime = minutes(30);

/** Where nobody is known, the name stands for the account, so that as much is counted (REC-6). */
const apart = { limit: 1, window: minutes(5) } as const;
const perDay = { limit: 5, window: days(1) } as const;
const perNetwork = { limit: 60, window: hours(1) } as const;

export const linkHash = (keyring: Pick<Keyring, "hash">, token: string): Buffer => keyring.hash("password-link", token);

/**
 * Sends a link for choosing a new password to the address on record of every account that the name finds (REC-1); to
 * those who get none, an e-mail that says what to do instead. Nothing changes until the link is used, so a stranger who
 * knows an address harms nobody. The answer is the same whoever is known (REC-6).
 */
export const makeSendLink = (deps: SendLinkDeps) => {
  const { db, clock, random, keyring, audit, messages } = deps;

  /** Whether the account, or a name that is nobody's, has not had its share. One too soon uses up none of the day's. */
  const hasRoom = async (tx: Tx, whose: string, now: Instant): Promise<boolean> => {
    if (await use(tx, { key: `password-link:apart:${whose}`, ...apart }, now)) return false;
    return !(await use(tx, { key: `password-link:day:${whose}`, ...perDay }, now));
  };

  const makeLink = async (tx: Tx, { id: accountId, epoch }: Account, now: Instant): Promise<string> => {
    const token = random.bytes(32).toString("base64url");
    const expiresAt = plus(now, linkLifetime);
    await saveLink(tx, { id: random.id(), accountId, epoch, expiresAt, tokenHash: linkHash(keyring, token) }, now);
    return new URL(`/recover/password/${token}`, deps.publicUrl).href;
  };

  /** Sends what the account's owner gets; resolves to why it was no link, or null when it was. */
  const send = async (tx: Tx, account: Account, { browserHash }: Origin, now: Instant): Promise<string | null> => {
    const organisation = await loadOrganisation(tx, account.organisationId);
    const linked = (await listAuthenticators(tx, account.id)).map(({ method }) => method);
    const way = organisation && passwordWay(account, organisation, linked, deps.methods);
    if (!organisation || !way) return "account-shut";
    // SIN-10: strangers use up nothing of what the person's own browser may ask for.
    const isKnown = await isKnownBrowser(tx, account.id, browserHash);
    const whose = isKnown ? `${account.id}:${browserHash.toString("hex")}` : account.id;
    if (!(await hasRoom(tx, whose, now))) return "too-often";
    await messages.withdraw(tx, account.id);
    const message =
      way === "link"
        ? linkMessage(account, organisation, await makeLink(tx, account, now), now)
        : noLinkMessage(account, organisation, way, deps.publicUrl, now);
    await messages.enqueue(tx, [message]);
    return way === "link" ? null : way;
  };

  return ({ name, organisationId }: LinkWish, origin: Origin): Promise<LinkSent> =>
    db.transaction().execute(async (tx): Promise<LinkSent> => {
      const now = clock.now();
      if (await use(tx, { key: `password-link:${await sourceOf(tx, origin)}`, ...perNetwork }, now)) return "too-many";
      const found = await findAccountsByName(tx, name, organisationId);
      const events: AuditEvent[] = [];
      for (const account of found) events.push(sentEvent(origin, account, await send(tx, account, origin, now)));
      if (found.length === 0) {
        await hasRoom(tx, keyring.hash("password-link-throttle", nameKey(name) ?? "").toString("hex"), now);
        events.push(sentEvent(origin, null, "nobody"));
      }
      await audit.record(tx, events);
      return "sent";
    });
};

const envelope = (account: Account, organisation: Organisation) =>
  ({
    channel: "email",
    to: account.email,
    language: account.language,
    letterhead: letterhead(organisation),
    accountId: account.id,
    subjectId: account.id,
  }) as const;

function linkMessage(account: Account, organisation: Organisation, url: string, now: Instant): Outgoing {
  const until = plus(now, linkLifetime);
  return {
    ...envelope(account, organisation),
    template: "password-link",
    parameters: { url, until },
    expiresAt: until,
  };
}

/** Where each of those who get no link goes instead. */
const ways = {
  temporary: "/order-password",
  "no-password": "/sign-in",
  "nothing-linked": "/recover",
  "not-activated": "/help",
  guest: "/help",
} as const satisfies Record<NoLink, string>;

function noLinkMessage(
  account: Account,
  organisation: Organisation,
  reason: NoLink,
  publicUrl: string,
  now: Instant,
): Outgoing {
  const url = new URL(`${ways[reason]}?organisation=${organisation.slug}`, publicUrl).href;
  return {
    ...envelope(account, organisation),
    template: "password-link-none",
    parameters: { reason, url },
    expiresAt: plus(now, days(1)),
  };
}

const sentEvent = ({ network, reference }: Origin, account: Account | null, refused: string | null): AuditEvent => ({
  type: refused === null ? "password-link.sent" : "password-link.refused",
  result: refused === null ? "done" : "refused",
  actor: "stranger",
  organisationId: account?.organisationId ?? null,
  accountId: account?.id ?? null,
  network,
  reference,
  detail: refused === null ? {} : { reason: refused },
});
