import { languages } from "../../kernel/language.ts";
import type { Key } from "../../platform/i18n/index.ts";
import { actions, button, field, form, html, link, select } from "../../platform/pages/index.ts";
import type { Problem } from "../organisations/index.ts";
import type { PageParts, View } from "./application-page.ts";

/** The form's fields, and what each is called where people are invited. */
export const inviteFields = {
  given_name: "givenName",
  family_name: "familyName",
  email: "email",
  phone: "phone",
  language: "language",
} as const;

type FieldName = keyof typeof inviteFields;

const problemWords: Readonly<Record<string, Key>> = {
  missing: "demo:problem-missing",
  "not-a-name": "demo:problem-name",
  "not-an-address": "demo:problem-email",
  "not-a-number": "demo:problem-phone",
  "not-mobile": "demo:problem-mobile",
  "country-not-allowed": "demo:problem-country",
  "already-active": "demo:problem-active",
  "already-invited": "demo:problem-invited",
};

const ownNames = { fi: "Suomi", sv: "Svenska", en: "English" } as const;

/** Invites another person, so that everything can be tried again by clicking. */
export function invitePage(
  { t, language, fields }: View,
  { given, problems }: { given: Readonly<Record<string, string>>; problems: readonly Problem[] },
): PageParts {
  const errorOf = (name: FieldName): string | undefined => {
    const problem = problems.find(({ field: at }) => at === inviteFields[name]);
    return problem && t(problemWords[problem.reason] ?? "demo:problem-other");
  };
  const text = (id: FieldName, label: string, rest: Partial<Parameters<typeof field>[0]> = {}) =>
    field({ id, label, value: given[id], error: errorOf(id), autocomplete: "off", ...rest });
  const chosen = given.language ?? language;
  return {
    title: t("demo:invite"),
    lede: t("demo:invite-lede"),
    refused: problems.length > 0,
    main: form({
      action: "/demo/invite",
      fields,
      content: html`${text("given_name", t("demo:given-name"))}${text("family_name", t("demo:family-name"))}${text("email", t("demo:email"), { type: "email", hint: t("demo:email-hint") })}${text("phone", t("demo:phone"), { type: "tel", hint: t("demo:phone-hint") })}${select(
        {
          id: "language",
          label: t("demo:language"),
          options: languages.map((value) => ({ value, label: ownNames[value], selected: value === chosen })),
        },
      )}${actions(button({ label: t("demo:send-invitation") }), link({ href: "/demo", label: t("common:cancel") }))}`,
    }),
  };
}
