import { meansPage, peoplePage, refusalPage } from "../src/features/demo/bank/pages.ts";
import { demoMeans } from "../src/features/demo/bank/people.ts";
import { type Language, languages } from "../src/kernel/language.ts";
import { translator } from "../src/platform/i18n/index.ts";

/** The pages of the demo's bank by name, in three languages. */
export function bankPages(languageLinks: Readonly<Record<Language, string>>): readonly (readonly [string, string])[] {
  return languages.flatMap((language) => {
    const view = {
      language,
      t: translator(language),
      languageLinks,
      carried: { client_id: "vahva-demo", request: "x" },
      token: { token: "x" },
    };
    const people = demoMeans
      .filter(({ id }) => ["fi-kuusi", "ee-eid"].includes(id))
      .map(
        (means) =>
          [
            `bank-${means.id}-${language}`,
            peoplePage(view, { means, service: "Havula Energia", isChosenHere: true }),
          ] as const,
      );
    return [
      [`bank-means-${language}`, meansPage(view)],
      ...people,
      [`bank-answered-${language}`, refusalPage(view, "already-answered")],
      [`bank-refused-${language}`, refusalPage(view, "wrong-signature")],
    ];
  });
}
