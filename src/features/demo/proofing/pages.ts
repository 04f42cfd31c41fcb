import { maskIdentity } from "../../../kernel/identity.ts";
import type { Language } from "../../../kernel/language.ts";
import type { Translate } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  facts,
  form,
  type Html,
  html,
  linkButton,
  orHeading,
  outsidePage,
  ways,
} from "../../../platform/pages/index.ts";
import { fullName } from "../bank/people.ts";
import { type DemoDocument, demoDocuments } from "./documents.ts";

export type ProofingView = Readonly<{
  t: Translate;
  language: Language;
  languageLinks: Readonly<Record<Language, string>>;
}>;

/** `fields` go along hidden: the invitation, and what keeps forged posts out. `service` is who asks. */
export type Invited = Readonly<{ fields: Readonly<Record<string, string>>; service: string }>;

/** Which passport one shows: a press of a button stands for the passport, the phone and the face. */
export function documentsPage(view: ProofingView, { fields, service }: Invited): string {
  const { t } = view;
  const passports = demoDocuments.map((document, index) => ({
    name: "document",
    value: document.id,
    icon: "passport" as const,
    label: fullName(document.holder),
    note: noteOf(document, t),
    lead: index === 0,
  }));
  const otherFace = {
    name: "document",
    value: "another-face",
    icon: "person" as const,
    label: t("demo-proofing:another-face"),
    note: t("demo-proofing:another-face-note"),
  };
  const cancel = button({ label: t("common:cancel"), look: "quiet", name: "cancel", value: "yes" });
  const content = html`${ways(passports)}${orHeading(t("demo-proofing:or"))}${ways([otherFace])}${actions(cancel)}`;
  return draw(view, {
    title: t("demo-proofing:choose"),
    lede: t("demo-proofing:choose-lede"),
    main: html`${form({ action: "/demo/proofing/invitation", fields, content })}${facts(
      [
        [t("demo-proofing:service"), service],
        [t("demo-proofing:told"), t("demo-proofing:told-what")],
      ],
      "panel",
    )}`,
  });
}

function noteOf({ holder, code, takes }: DemoDocument, t: Translate): string {
  if (code === null) return t("demo-proofing:no-code");
  if (takes > 0) return t("demo-proofing:later");
  return t("demo-proofing:code", { code: maskIdentity(holder.identity) });
}

/** An invitation that leads nowhere: answered, too old, or none of ours. */
export function closedPage(view: ProofingView): string {
  const { t } = view;
  return draw(view, {
    title: t("demo-proofing:closed"),
    lede: t("demo-proofing:closed-lede"),
    main: actions(linkButton({ href: "/demo", label: t("demo-proofing:back") })),
  });
}

/** Every page says that there is no such service: at the very top, in its name, and at the foot. */
function draw(
  { t, language, languageLinks }: ProofingView,
  parts: { title: string; lede: string; main: Html },
): string {
  const party = t("demo-proofing:title");
  const tagline = t("demo-proofing:not-real");
  return outsidePage({
    ...parts,
    language,
    languageLinks,
    demo: true,
    organisation: { name: `${party}, ${tagline}`, brandColour: "#8a4b08" },
    party,
    partyIcon: "passport",
    tagline,
    strip: t("demo-proofing:demonstration"),
    foot: t("demo-proofing:foot"),
  });
}
