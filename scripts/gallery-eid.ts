import {
  anotherPersonPage,
  boundElsewherePage,
  type Choice,
  chooseMeansPage,
  notLinkedPage,
} from "../src/features/authenticators/eid/pages.ts";
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
import { stepView } from "../test/grounds/step-view.ts";

type Shared = Pick<JourneyView, "organisation" | "languageLinks" | "demo">;

/** The pages of eIDs by name, in three languages, with as many and as long names as brokers have. */
export function eidPages(shared: Shared, contacts: readonly SupportContact[]): readonly (readonly [string, string])[] {
  return languages.flatMap((language) =>
    Object.entries(samples(language)).map(([name, page]) => {
      const help = html`${page.help}${supportContacts(contacts, language)}`;
      return [`eid-${name}-${language}`, journeyPage({ ...shared, language, ...page, help })] as const;
    }),
  );
}

function samples(language: Language): Record<string, StepPage> {
  const view = stepView({ language, others: true });
  const notice = { key: "eid:cancelled", tone: "warn" } as const;
  const refused = stepView({ language, others: true, purpose: "activation", notice });
  return {
    choose: chooseMeansPage(refused, [banks(language), suomifi(language)], "link"),
    one: chooseMeansPage(view, [suomifi(language)], "sign-in"),
    none: chooseMeansPage(view, [], "sign-in"),
    account: chooseAccountPage(view, [
      { accountId: "1", organisation: "Länsi-Uudenmaan hyvinvointialue", userName: "virtaain" },
      { accountId: "2", organisation: "Havula Energia", userName: "aino.virtanen@havula-energia.example" },
    ]),
    "not-linked": notLinkedPage(view),
    "another-person": anotherPersonPage(refused),
    "bound-elsewhere": boundElsewherePage(view),
  };
}

const banks = (language: Language): Choice => ({
  name: "testi",
  title: "Testi Tunnistus Oy",
  selection: {
    means: [
      ...["Nordea", "OP", "Danske Bank", "S-Pankki", "Aktia", "Ålandsbanken", "Säästöpankki", "POP Pankki"],
      ...["Oma Säästöpankki", "Suomen Hypoteekkiyhdistys"],
    ]
      .map((name): Choice["selection"]["means"][number] => ({ id: name, name, country: "FI" }))
      .concat([
        { id: "mobile", name: mobile[language], country: "FI", note: "Elisa, DNA, Telia" },
        { id: "bankid", name: "BankID", country: "SE" },
      ]),
    notices: [
      { text: "Testi Tunnistus Oy tells us your name and personal identity code." },
      { text: "Privacy notice of Testi Tunnistus Oy", href: "https://testi.example/privacy" },
    ],
    disturbance: "Nordea: identification is slow between 10 and 11.",
  },
});
const mobile = { fi: "Mobiilivarmenne", sv: "Mobilcertifikat", en: "Mobile ID" } as const;

const suomifi = (language: Language): Choice => ({
  name: "suomifi",
  title: { fi: "Suomi.fi-tunnistus", sv: "Suomi.fi-identifikation", en: "Suomi.fi e-Identification" }[language],
  selection: { means: [], notices: [], disturbance: null },
});
