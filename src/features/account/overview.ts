import { maskIdentity } from "../../kernel/identity.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Db } from "../../platform/database/index.ts";
import type { AuditReader, Position, RecordedEvent } from "../audit/index.ts";
import type { Identities } from "../authenticators/eid/index.ts";
import { loadPasswordChange } from "../authenticators/password/index.ts";
import { type Authenticator, listAuthenticators } from "../journey/index.ts";
import { listSessions, type Session } from "../sessions/index.ts";
import { isTold } from "./event-words.ts";

export type Overview = Readonly<{
  authenticators: readonly Authenticator[];
  passwordChangedAt: Instant | null;
  sessions: readonly Session[];
  lately: EventsPage;
  /** The personal identity code that is bound to the account, as much of it as is ever shown. */
  identityCode: Readonly<{ country: string; masked: string }> | null;
}>;

/** `next` is where the page after this one begins; null on the last. */
export type EventsPage = Readonly<{ events: readonly RecordedEvent[]; next: Position | null }>;

type Deps = { db: Db; audit: Pick<AuditReader, "listEvents"> };
type OverviewDeps = Deps & { identities: Pick<Identities, "read"> };

/** What there is to show on the person's own page (USR-1). */
export const makeLoadOverview = ({ db, audit, identities }: OverviewDeps) => {
  const loadEvents = makeLoadEvents({ db, audit });
  return async (accountId: string, now: Instant): Promise<Overview> => {
    const [authenticators, passwordChangedAt, sessions, lately, bound] = await Promise.all([
      listAuthenticators(db, accountId),
      loadPasswordChange(db, accountId),
      listSessions(db, accountId, now),
      loadEvents(accountId, { show: 10 }),
      identities.read(db, accountId),
    ]);
    // A broker's own name for somebody is no code of theirs.
    const known = bound && bound.identity.type !== "subject" ? bound.identity : null;
    const identityCode = known && { country: known.country, masked: maskIdentity(known) };
    return { authenticators, passwordChangedAt, sessions, lately, identityCode };
  };
};

/** The account's events that there are words for, the latest first, after `before`. */
export const makeLoadEvents =
  ({ db, audit }: Deps) =>
  async (accountId: string, { show, before }: { show: number; before?: Position | undefined }): Promise<EventsPage> => {
    // More are read than shown, since some are for support alone.
    const limit = show * 4;
    const read = await audit.listEvents(db, { accountId, limit, before });
    const told = read.filter(isTold);
    const events = told.slice(0, show);
    const last = told.length > show ? events.at(-1) : read.length === limit ? read.at(-1) : undefined;
    return { events, next: last ? { at: last.at, id: last.id } : null };
  };

/** A position as the address of a page has it, and back; null for what is none. */
export const formatPosition = ({ at, id }: Position): string => `${at.getTime()}.${id}`;

export function parsePosition(text: string): Position | null {
  const found = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text);
  return found?.[1] && found[2] ? { at: new Date(Number(found[1])), id: found[2] } : null;
}
