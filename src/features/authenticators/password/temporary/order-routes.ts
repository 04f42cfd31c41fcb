import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Db } from "../../../../platform/database/index.ts";
import { formField, type Http } from "../../../../platform/http/index.ts";
import { translator } from "../../../../platform/i18n/index.ts";
import { drawOwnPage } from "../../../journey/index.ts";
import { findOrganisation, nameKey } from "../../../organisations/index.ts";
import type { makeOrder } from "./order.ts";
import { orderAddress, orderPage, sayings } from "./pages.ts";

type RouteDeps = { db: Db; http: Http; order: ReturnType<typeof makeOrder> };

type Query = { Querystring: { organisation?: string; journey?: string; said?: string } };

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `/order-password`: a form, and one answer for everybody. */
export function orderPasswordRoutes(app: FastifyInstance, { db, http, order }: RouteDeps): void {
  const wish = async ({ query }: FastifyRequest<Query>) => ({
    organisation: typeof query.organisation === "string" ? await findOrganisation(db, query.organisation) : null,
    journey: idForm.test(query.journey ?? "") ? (query.journey ?? null) : null,
  });

  app.get<Query>("/order-password", async (request, reply) => {
    const { organisation, journey } = await wish(request);
    if (organisation && organisation.policy.password.way !== "temporary")
      return reply.redirect(`/sign-in?organisation=${organisation.slug}`, 303);
    const said = sayings.find((saying) => saying === request.query.said) ?? null;
    const t = translator(http.language(request, [], organisation?.languages));
    const formToken = http.forms.token(http.cookies.browser(request.raw, reply.raw));
    const page = orderPage({ t, organisation, journey, said, formToken });
    return drawOwnPage(http, request, reply, organisation, page, { refused: said !== null && said !== "sent" });
  });

  app.post<Query>("/order-password", async (request, reply) => {
    const { organisation, journey } = await wish(request);
    const back = orderAddress.bind(null, organisation?.slug ?? "", journey);
    const name = formField(request, "username") ?? "";
    if (nameKey(name) === null) return reply.redirect(back("name-needed"), 303);
    const ordered = await order(name, organisation?.id ?? null, http.origin(request, reply));
    return reply.redirect(back(ordered), 303);
  });
}
