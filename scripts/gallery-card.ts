import { showCardPage } from "../src/features/authenticators/certificate/pages.ts";
import { testedPage, testOffPage, testPage } from "../src/features/authenticators/certificate/test-page.ts";
import { troubleKeys } from "../src/features/authenticators/certificate/trouble.ts";
import { troublePage } from "../src/features/authenticators/certificate/trouble-pages.ts";
import type { StepPage } from "../src/features/journey/index.ts";
import { chooseAccountPage } from "../src/features/journey/index.ts";
import { type Language, languages } from "../src/kernel/language.ts";
import {
  html,
  type JourneyView,
  journeyPage,
  type SupportContact,
  supportContacts,
} from "../src/platform/pages/index.ts";
import type { CheckName } from "../src/ports/certificate-checker.ts";
import { report } from "../test/grounds/cards.ts";
import { stepView } from "../test/grounds/step-view.ts";

type Shared = Pick<JourneyView, "organisation" | "languageLinks" | "demo">;

/** The pages of certificate cards by name, in three languages. */
export function cardPages(shared: Shared, contacts: readonly SupportContact[]): readonly (readonly [string, string])[] {
  return languages.flatMap((language) =>
    Object.entries(samples(language)).map(([name, page]) => {
      const help = html`${page.help}${supportContacts(contacts, language)}`;
      return [`card-${name}-${language}`, journeyPage({ ...shared, language, ...page, help })] as const;
    }),
  );
}

const names: readonly CheckName[] = [
  "readable",
  "issuer",
  "chain",
  "validity",
  "key-usage",
  "policy",
  "algorithm",
  "revocation",
];

function samples(language: Language): Record<string, StepPage> {
  const view = stepView({ language, others: true });
  const keys = [...Object.values(troubleKeys), "certificate:not-linked", "certificate:bound-elsewhere"] as const;
  const troubles = keys.flatMap((key) => {
    const page = troublePage(stepView({ language, others: true, notice: { key } }), { remembers: true });
    return page ? [[key.replace("certificate:", ""), page] as const] : [];
  });
  const passed = names.map((name) => ({ name, state: "passed" }) as const);
  const failed = names.map((name) =>
    name === "key-usage"
      ? ({ name, state: "failed", reason: "signature-certificate" } as const)
      : ({ name, state: "passed" } as const),
  );
  const bad = report({ verdict: "signature-certificate", checks: failed });
  return {
    show: showCardPage(view, { linking: false }),
    link: showCardPage(stepView({ language, others: true, purpose: "activation" }), { linking: true }),
    account: chooseAccountPage(view, [
      { accountId: "1", organisation: "Länsi-Uudenmaan hyvinvointialue", userName: "virtaain" },
      { accountId: "2", organisation: "Havula Energia", userName: "aino.virtanen@havula-energia.example" },
    ]),
    ...Object.fromEntries(troubles),
    test: testPage(view, { fields: {} }),
    "test-off": testOffPage(view),
    "tested-good": testedPage(view, { report: report({ checks: passed }), vouched: true }),
    "tested-bad": testedPage(view, { report: bad, vouched: false }),
    "tested-none": testedPage(view, { report: null, vouched: true }),
  };
}
