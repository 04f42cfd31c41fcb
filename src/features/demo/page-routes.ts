import type { FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import { formTokenField, type Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import { workPage } from "../../platform/pages/index.ts";
import { findOrganisation, pageOrganisation } from "../organisations/index.ts";
import type { PageParts, View } from "./application-page.ts";
import { demoSlug } from "./prepare.ts";

/** What every page of the demo is drawn from. */
export function viewOf(http: Http, request: FastifyRequest, reply: FastifyReply): View {
  const language = http.language(request);
  const token = http.forms.token(http.cookies.browser(request.raw, reply.raw));
  return { language, t: translator(language), fields: { [formTokenField]: token } };
}

const nav = [
  ["/demo", "demo:application"],
  ["/demo/inbox", "demo:inbox"],
  ["/demo/invite", "demo:invite"],
  ["/demo/directory", "demo-directory:title"],
] as const;

/** Sends a page in the look of one of the demo's organisations. */
export async function drawDemo(
  { http, db }: { http: Http; db: Db },
  request: FastifyRequest,
  reply: FastifyReply,
  { language, t }: View,
  parts: PageParts,
  slug = demoSlug,
): Promise<FastifyReply> {
  const organisation = await findOrganisation(db, slug);
  const here = request.url.split("?")[0];
  return reply.type("text/html; charset=utf-8").send(
    workPage({
      ...parts,
      language,
      organisation: organisation && { ...pageOrganisation(organisation, language), homeUrl: "/demo" },
      languageLinks: http.languageLinks(request),
      demo: true,
      nav: {
        label: t("demo:pages"),
        links: nav.map(([href, key]) => ({ href, label: t(key), current: href === here })),
      },
    }),
  );
}
