import type { FastifyReply, FastifyRequest } from "fastify";
import type { Http } from "../../platform/http/index.ts";
import { html, journeyPage, supportContacts } from "../../platform/pages/index.ts";
import type { Organisation } from "../organisations/index.ts";
import { pageOrganisation } from "../organisations/index.ts";
import type { Journey, StepPage } from "./method.ts";

type Owner = Pick<Journey, "organisation" | "account" | "accountId" | "requested">;

/** Sends a step's page in its organisation's look, with its support contacts below the step's own help. */
export function drawPage(
  http: Http,
  request: FastifyRequest,
  reply: FastifyReply,
  { organisation, account, accountId, requested }: Owner,
  page: StepPage,
  refused = false,
): FastifyReply {
  const hints = [...(accountId && account ? [account.language] : []), ...(requested.uiLocales ?? [])];
  return drawOwnPage(http, request, reply, organisation, page, { hints, refused });
}

/** The same for a page that has no journey (yet). */
export function drawOwnPage(
  http: Http,
  request: FastifyRequest,
  reply: FastifyReply,
  organisation: Organisation | null,
  page: StepPage,
  { hints = [], refused = false }: { hints?: readonly string[]; refused?: boolean } = {},
): FastifyReply {
  const language = http.language(request, hints, organisation?.languages);
  const help = html`${page.help}${organisation && supportContacts(organisation.support, language)}`;
  return reply.type("text/html; charset=utf-8").send(
    journeyPage({
      language,
      title: page.title,
      lede: page.lede,
      step: page.step,
      main: page.main,
      help,
      organisation: organisation && pageOrganisation(organisation, language),
      languageLinks: http.languageLinks(request),
      demo: http.demo,
      refused,
    }),
  );
}
