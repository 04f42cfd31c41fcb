import type { FastifyReply, FastifyRequest } from "fastify";
import { type Language, localised } from "../../kernel/language.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import { loadOrganisation, pageOrganisation } from "../organisations/index.ts";
import type { Application } from "./domain/application.ts";
import type { Frame } from "./pages.ts";

/** What our own pages need of a request: the language, and whose application it was. */
export const makeFrameOf =
  ({ db, http }: { db: Db; http: Http }) =>
  async (request: FastifyRequest, application: Application | null, hints: readonly string[] = []): Promise<Frame> => {
    const organisation = application?.organisationId ? await loadOrganisation(db, application.organisationId) : null;
    const language = http.language(request, hints, organisation?.languages);
    return {
      language,
      languageLinks: http.languageLinks(request),
      demo: http.demo,
      organisation: organisation && pageOrganisation(organisation, language),
      contacts: organisation?.support ?? [],
      application: application && named(application, language),
    };
  };

const named = ({ settings }: Application, language: Language) => ({
  name: localised(settings.name, language),
  url: wayBack(settings),
});

/** Where a person can begin anew at the application. */
export const wayBack = ({ initiateLoginUri, homeUrl }: Application["settings"]): string | undefined =>
  initiateLoginUri ?? homeUrl;

export const sendPage = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type("text/html; charset=utf-8").send(page);
