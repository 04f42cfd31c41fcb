import type { Propagation } from "../src/features/directories/index.ts";
import type { StepPage } from "../src/features/journey/index.ts";
import { noPassPage, overPage, passPage, statusPage } from "../src/features/recovery/status/pages.ts";
import { type Language, languages } from "../src/kernel/language.ts";
import {
  html,
  type JourneyView,
  journeyPage,
  type SupportContact,
  supportContacts,
} from "../src/platform/pages/index.ts";
import { statusView, told } from "../test/grounds/status-view.ts";

type Shared = Pick<JourneyView, "organisation" | "languageLinks" | "demo">;

/** The pages that follow a reset by name, in three languages. */
export function recoveryStatusPages(
  shared: Shared,
  contacts: readonly SupportContact[],
): readonly (readonly [string, string])[] {
  return languages.flatMap((language) =>
    Object.entries(samples(language)).map(([name, page]) => {
      const help = html`${page.help}${supportContacts(contacts, language)}`;
      return [`recovery-status-${name}-${language}`, journeyPage({ ...shared, language, ...page, help })] as const;
    }),
  );
}

const library: Partial<Propagation> = {
  title: { en: "Library and study register", fi: "Kirjasto ja opintorekisteri" },
};
const desktop: Partial<Propagation> = { title: { en: "Remote desktop" }, setUpUrl: null };
const left = ["FIDO2 security key", "Windows Hello for Business"];
const done = { state: "done", endedAt: new Date("2026-11-22T12:02:08Z"), removed: 2, total: 2 } as const;
const again = { attempts: 2, nextAttemptAt: new Date("2026-11-22T12:04:00Z"), removed: 1, total: 2 };

function samples(language: Language): Record<string, StepPage> {
  const view = (directories: readonly Propagation[], given: Parameters<typeof statusView>[0] = {}) =>
    statusPage(statusView({ language, directories, ...given }));
  const own = { linkAnew: "open", isOwn: true } as const;
  const pass = statusView({ language });
  const microsoft = { ...pass, directory: { en: "Microsoft 365" }, setUpUrl: "https://aka.ms/mfasetup" };
  return {
    begun: view([told(library), told(), told(desktop)], own),
    "under-way": view([told({ ...library, ...done }), told(again), told({ ...desktop, attempts: 1 })], own),
    late: view([told(again), told({ ...desktop, attempts: 4, nextAttemptAt: new Date("2026-11-23T04:00:00Z") })], {
      madeAt: new Date("2026-11-22T11:40:00Z"),
    }),
    done: view([told({ ...library, ...done }), told({ ...done, hasPass: true })], own),
    alone: view([], { ...own, linkAnew: "late" }),
    shown: view([told({ ...done, passShown: true })], { ...own, linkAnew: "changed" }),
    "left-over": view([
      told({ ...done, removed: 3, left }),
      told({ ...library, state: "failed", attempts: 9, left: left.slice(0, 1) }),
      told({ ...desktop, state: "withheld" }),
    ]),
    pass: passPage(microsoft, { value: "kQ8#vT2!mZ5x", expiresAt: new Date("2026-11-22T13:02:00Z") }),
    "pass-gone": noPassPage(pass),
    over: overPage(pass),
  };
}
