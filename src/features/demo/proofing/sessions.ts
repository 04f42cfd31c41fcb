import * as z from "zod";
import { between, type Instant, minutes, plus } from "../../../kernel/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import { type DemoDocument, toldOf } from "./documents.ts";

const moment = z.iso.datetime().transform((text) => new Date(text));

const form = z.object({
  timestamp: moment,
  validUntil: moment,
  callbackUrl: z.url(),
  resultProperties: z.record(z.string(), z.boolean()),
});

export type Wanted = Readonly<z.infer<typeof form>>;

/** What the person did: showed a document as themselves, as somebody with another face, or nothing. */
export type Done = Readonly<{ document: DemoDocument }> | "another-face" | "cancelled";

type Session = Readonly<{ id: string; invitation: string; wanted: Wanted; openedAt: Instant }>;
type Kept = Session & { done: Readonly<{ what: Done; at: Instant }> | null };

/** A demonstration: the oldest makes room. */
const most = 200;

/** Reads the body of a request for a session; null when it is none, or not of now. */
export function readWanted(text: string, now: Instant): Wanted | null {
  try {
    const wanted = form.parse(JSON.parse(text));
    const isOfNow = Math.abs(between(wanted.timestamp, now)) < minutes(5) && wanted.validUntil > now;
    return isOfNow ? wanted : null;
  } catch {
    return null;
  }
}

/** The sessions of the proofing service, in this process' memory and gone with it. */
export function makeSessions({ clock, random }: { clock: Clock; random: Random }) {
  const all = new Map<string, Kept>();

  return {
    open(wanted: Wanted): Session {
      const session = { id: random.id(), invitation: random.id(), wanted, openedAt: clock.now(), done: null };
      for (const id of [...all.keys()].slice(0, Math.max(0, all.size + 1 - most))) all.delete(id);
      all.set(session.id, session);
      return session;
    },
    /** The session of an invitation that is open still. */
    invited(invitation: string): Session | null {
      const found = [...all.values()].find((each) => each.invitation === invitation);
      return found && !found.done && clock.now() < found.wanted.validUntil ? found : null;
    },
    finish(id: string, what: Done): void {
      const session = all.get(id);
      if (session) session.done = { what, at: clock.now() };
    },
    /** What is told of a session; null when there is none. */
    read(id: string): Readonly<Record<string, unknown>> | null {
      const session = all.get(id);
      return session ? { ...resultOf(session, clock.now()), verificationSessionId: id } : null;
    },
    erase: (id: string): boolean => all.delete(id),
  };
}

export type Sessions = ReturnType<typeof makeSessions>;

function resultOf({ wanted, openedAt, done }: Kept, now: Instant) {
  const opened = { timestamp: openedAt.toISOString(), identityVerified: false };
  if (!done) return { ...opened, status: now < wanted.validUntil ? "pending" : "expired" };
  const { what, at } = done;
  if (what === "cancelled") return { ...opened, status: "cancelled", updatedAt: at.toISOString() };
  if (what === "another-face") return { ...opened, status: "finished", updatedAt: at.toISOString() };
  const checkedAt = plus(at, what.document.takes);
  if (now < checkedAt) return { ...opened, status: "pending" };
  const { firstName, lastName, ...rest } = toldOf(what.document);
  const told = Object.entries(rest).filter(([name]) => wanted.resultProperties[name]);
  return {
    ...opened,
    status: "finished",
    identityVerified: true,
    verificationMethod: "rfidApp",
    updatedAt: checkedAt.toISOString(),
    ...Object.fromEntries(told),
    ...(wanted.resultProperties.name && { firstName, lastName }),
  };
}
