import type { FastifyRequest } from "fastify";
import { type LocalisedText, localised } from "../../../kernel/language.ts";
import { days, plus } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import { browserHash, formTokenField, type Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Directories } from "../../directories/index.ts";
import { loadOrganisation, type Organisation } from "../../organisations/index.ts";
import type { ResetView } from "./pages.ts";
import { findReset, type Reset } from "./store.ts";
import { statusTokenHash } from "./token.ts";

/** How long a reset's page is there. */
const kept = days(7);

export type FollowDeps = {
  db: Db;
  clock: Clock;
  keyring: Pick<Keyring, "hash">;
  directories: Pick<Directories, "follow">;
  /** What people call the service by which somebody proved who they are; null when it is gone. */
  serviceTitle(name: string): LocalisedText | null;
  http: Http;
};

export type OfReset = { Params: { token: string } };

/** A reset, whose page it is, and how it looks in a browser. */
export type Followed = Readonly<{
  reset: Reset;
  organisation: Organisation;
  /** The page's own address. */
  path: string;
  /** The browser's id, where it is the one that made the reset. */
  ownBrowser: string | null;
  /** Hidden fields of its forms. */
  fields: Readonly<Record<string, string>>;
  view(): Promise<ResetView>;
}>;

export type Follow = ReturnType<typeof makeFollow>;

/** Finds the reset of a page's address; null when there is none, or it is too long ago. */
export const makeFollow =
  ({ db, clock, keyring, directories, serviceTitle, http }: FollowDeps) =>
  async (request: FastifyRequest<OfReset>): Promise<Followed | null> => {
    const { token } = request.params;
    const reset = await findReset(db, statusTokenHash(keyring, token), plus(clock.now(), -kept));
    const organisation = reset && (await loadOrganisation(db, reset.organisationId));
    if (!organisation) return null;
    const path = `/recover/status/${token}`;
    const id = http.cookies.read(request.raw, "browser");
    const ownBrowser = id && browserHash(id).equals(reset.browserHash) ? id : null;
    const language = http.language(request, [], organisation.languages);
    const fields = ownBrowser ? { [formTokenField]: http.forms.token(ownBrowser) } : {};
    return {
      reset,
      organisation,
      path,
      ownBrowser,
      fields,
      view: async () => ({
        t: translator(language),
        language,
        now: clock.now(),
        pass: ownBrowser ? { action: `${path}/pass`, fields } : null,
        organisation: localised(organisation.name, language),
        provedBy: serviceTitle(reset.provedBy),
        provedAt: reset.provedAt,
        removed: reset.removed.length,
        sessions: reset.sessions,
        madeAt: reset.madeAt,
        directories: await directories.follow(db, reset.id),
      }),
    };
  };
