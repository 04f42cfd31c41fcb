import type { FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import { formTokenField, type Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import { type WorkView, workPage } from "../../platform/pages/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AuditReader } from "../audit/index.ts";
import type { Identities } from "../authenticators/eid/index.ts";
import type { Beginning, Method } from "../journey/index.ts";
import {
  type Account,
  loadAccount,
  loadOrganisation,
  type Organisation,
  pageOrganisation,
} from "../organisations/index.ts";
import { type Farewell, findSession, type Session } from "../sessions/index.ts";
import type { EndSessionsDeps } from "./end-sessions.ts";
import type { Frame } from "./frame.ts";

export type AccountDeps = EndSessionsDeps & {
  db: Db;
  clock: Clock;
  http: Http;
  audit: Pick<AuditReader, "listEvents">;
  identities: Pick<Identities, "read">;
  methods: readonly Method[];
  begin(db: Db, beginning: Beginning): Promise<string>;
  /** Where who signs out is sent on to first, for sessions that began elsewhere. */
  farewell?: Farewell;
};

/** Who is signed in in the browser that a request comes from. */
export type SignedIn = Readonly<{ session: Session; account: Account; organisation: Organisation }>;

/** Looks at the database each time: a session that was ended elsewhere is over with the next request. */
export async function findSignedIn(
  { db, clock, http }: Pick<AccountDeps, "db" | "clock" | "http">,
  request: FastifyRequest,
): Promise<SignedIn | null> {
  const cookie = http.cookies.read(request.raw, "session");
  const session = cookie ? await findSession(db, cookie, clock.now()) : null;
  if (!session) return null;
  const [account, organisation] = await Promise.all([
    loadAccount(db, session.accountId),
    loadOrganisation(db, session.organisationId),
  ]);
  return account && organisation && organisation.state === "open" ? { session, account, organisation } : null;
}

/** What the person's pages are drawn from besides their own view. */
export function frameOf(
  { http, clock }: Pick<AccountDeps, "http" | "clock">,
  request: FastifyRequest,
  reply: FastifyReply,
  { session, account, organisation }: SignedIn,
): Frame {
  const language = http.language(request, [account.language], organisation.languages);
  const token = http.forms.token(http.cookies.browser(request.raw, reply.raw));
  const fields = { [formTokenField]: token };
  return { language, t: translator(language), now: clock.now(), fields, session, account, organisation };
}

const nav = [
  ["/account", "account:title"],
  ["/account/events", "account:events"],
  ["/test/code", "account:test-code"],
  ["/help", "guide:help"],
] as const;

/** Sends a page of the person's own, with its navigation. */
export function drawWork(
  http: Http,
  request: FastifyRequest,
  reply: FastifyReply,
  { language, t, fields, account, organisation }: Frame,
  view: Pick<WorkView, "title" | "lede" | "main" | "beside" | "refused">,
): FastifyReply {
  const here = request.url.split("?")[0];
  const links = nav.map(([href, key]) => ({ href, label: t(key), current: href === here }));
  return reply.type("text/html; charset=utf-8").send(
    workPage({
      ...view,
      language,
      organisation: pageOrganisation(organisation, language),
      languageLinks: http.languageLinks(request),
      demo: http.demo,
      nav: { label: t("account:title"), links },
      signedIn: { name: `${account.givenName} ${account.familyName}`, signOutAction: "/account/sign-out", fields },
    }),
  );
}
