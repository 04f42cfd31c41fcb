import type { Journey, StepView } from "../../src/features/journey/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { button, form } from "../../src/platform/pages/index.ts";

type Wanted = { language?: Language; others?: boolean } & Partial<Pick<Journey, "purpose" | "notice" | "organisation">>;

/** What a step's page is drawn from, without a database; `others` are other ways to sign in. */
export function stepView({ language = "en", others = false, ...wanted }: Wanted = {}): StepView {
  const t = translator(language);
  const now = new Date("2026-11-22T10:00:00Z");
  const journey: Journey = {
    id: "2f1c0d0e-7f39-4f0b-8a58-5f1c93c1e0aa",
    purpose: "sign-in",
    organisation: null,
    organisationId: null,
    account: null,
    accountId: null,
    overtaken: false,
    subjectId: null,
    method: null,
    application: null,
    returnTo: null,
    requested: {},
    notice: null,
    reference: null,
    expiresAt: new Date("2026-11-22T11:00:00Z"),
    endedAt: null,
    result: null,
    proofs: [],
    authenticators: [],
    known: [],
    ...wanted,
  };
  const action = `/journey/${journey.id}`;
  return {
    journey,
    t,
    language,
    now,
    browser: "Firefox, Windows",
    form: (content) => form({ action, fields: { step: "eid" }, content }),
    refusal: journey.notice && t(journey.notice.key, journey.notice.parameters),
    anotherWay: others
      ? form({
          action,
          content: button({ label: t("common:try-another-way"), look: "plain", name: "method", value: "" }),
        })
      : null,
  };
}
