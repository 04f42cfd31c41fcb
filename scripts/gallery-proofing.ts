import { closedPage, documentsPage } from "../src/features/demo/proofing/pages.ts";
import { type Language, languages } from "../src/kernel/language.ts";
import { translator } from "../src/platform/i18n/index.ts";

/** The pages of the demo's proofing service by name, in three languages. */
export function proofingPages(
  languageLinks: Readonly<Record<Language, string>>,
): readonly (readonly [string, string])[] {
  return languages.flatMap((language) => {
    const view = { language, t: translator(language), languageLinks };
    const invited = { fields: { invitationGuid: "x", token: "x" }, service: "localhost:3000" };
    return [
      [`proofing-documents-${language}`, documentsPage(view, invited)],
      [`proofing-closed-${language}`, closedPage(view)],
    ];
  });
}
