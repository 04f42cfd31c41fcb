import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formField, formTokenField } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import type { Audit } from "../audit/index.ts";
import { drawOwnPage, findHalfWay } from "../journey/index.ts";
import { type Account, loadAccount, loadOrganisation, type Organisation } from "../organisations/index.ts";
import { makeTestOwnCode, type TestCode, type TestedCode } from "./code-test.ts";
import { clockPage, codeTestPage } from "./code-test-page.ts";
import { type AccountDeps, findSignedIn } from "./signed-in-routes.ts";

export type CodeTestDeps = Pick<AccountDeps, "db" | "clock" | "http"> & { audit: Audit; testCode: TestCode };

type Owner = { account: Account; organisation: Organisation; back: string };

/** `/test/code`: tests a code for whoever has shown the password or more, and compares clocks for everybody else (USR-5). */
export function codeTestRoutes(app: FastifyInstance, deps: CodeTestDeps): void {
  const { http, db, clock } = deps;
  const testOwnCode = makeTestOwnCode(deps);

  /** Who may learn whether a code is right: never a stranger, or guessing would have an oracle. */
  const findOwner = async (request: FastifyRequest, reply: FastifyReply): Promise<Owner | null> => {
    const signedIn = await findSignedIn(deps, request);
    if (signedIn) return { ...signedIn, back: "/account" };
    const { browserHash } = http.origin(request, reply);
    const halfWay = await findHalfWay(db, { browserHash, kind: "password", now: clock.now() });
    if (!halfWay) return null;
    const account = await loadAccount(db, halfWay.accountId);
    const organisation = account && (await loadOrganisation(db, account.organisationId));
    return organisation && { account, organisation, back: `/journey/${halfWay.journeyId}` };
  };

  const draw = (request: FastifyRequest, reply: FastifyReply, owner: Owner | null, tested: TestedCode | null) => {
    const hints = owner ? [owner.account.language] : [];
    const language = http.language(request, hints, owner?.organisation.languages);
    const view = { t: translator(language), language, now: clock.now() };
    const fields = { [formTokenField]: http.forms.token(http.cookies.browser(request.raw, reply.raw)) };
    const page = owner ? codeTestPage(view, { fields, tested, back: owner.back }) : clockPage(view);
    const refused = tested !== null && tested.verdict !== "right";
    return drawOwnPage(http, request, reply, owner?.organisation ?? null, page, { hints, refused });
  };

  app.get("/test/code", async (request, reply) => draw(request, reply, await findOwner(request, reply), null));

  app.post("/test/code", async (request, reply) => {
    const owner = await findOwner(request, reply);
    if (!owner) return reply.redirect("/test/code", 303);
    const { account } = owner;
    const whose = { accountId: account.id, organisationId: account.organisationId };
    const tested = await testOwnCode(whose, formField(request, "code") ?? "", http.origin(request, reply));
    return draw(request, reply, owner, tested);
  });
}
