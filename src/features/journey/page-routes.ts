import type { FastifyReply, FastifyRequest } from "fastify";
import type { Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import { html, journeyPage, referenceNumber, supportContacts } from "../../platform/pages/index.ts";
import type { Organisation } from "../organisations/index.ts";
import { pageOrganisation } from "../organisations/index.ts";
import type { Journey, StepPage } from "./method.ts";

type Owner = Pick<Journey, "organisation" | "account" | "accountId" | "requested" | "reference" | "notice">;

/** Sends a step's page in its organisation's look, with its support contacts below the step's own help. */
export function drawPage(
  http: Http,
  request: FastifyRequest,
  reply: FastifyReply,
  { organisation, account, accountId, requested, reference, notice }: Owner,
  page: StepPage,
): FastifyReply {
  const hints = [...(accountId && account ? [account.language] : []), ...(requested.uiLocales ?? [])];
  const t = translator(http.language(request, hints, organisation?.languages));
  const href = organisation ? `/help?organisation=${organisation.slug}` : "/help";
  const guides = html`<p><a href="${href}">${t("journey:guides")}</a></p>`;
  return drawOwnPage(
    http,
    request,
    reply,
    organisation,
    { ...page, help: html`${page.help}${guides}` },
    { hints, refused: notice !== null, reference },
  );
}

export type PageOptions = {
  hints?: readonly string[];
  /** It is the answer to a refused form. */
  refused?: boolean;
  reference?: string | null;
};

/** The same for a page that has no journey (yet). */
export function drawOwnPage(
  http: Http,
  request: FastifyRequest,
  reply: FastifyReply,
  organisation: Organisation | null,
  page: StepPage,
  { hints = [], refused = false, reference = null }: PageOptions = {},
): FastifyReply {
  const language = http.language(request, hints, organisation?.languages);
  const t = translator(language);
  // SIN-12: what support looks the failure up by, beside whom to ask.
  const looked = reference && html`<p class="small muted">${t("common:reference")} ${referenceNumber(reference)}</p>`;
  const contacts = organisation && supportContacts(organisation.support, language);
  const help = html`${page.help}${contacts}${looked}`;
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
