import { type Identity, parseIdentityCode } from "../../../kernel/identity.ts";
import { isLanguage, type Language, languages } from "../../../kernel/language.ts";
import {
  type Category,
  categories,
  categoryOf,
  type Home,
  nameKey,
  type Organisation,
  type PhoneRefusal,
  type PhoneRules,
  type Problem,
  parseEmail,
  parseMobile,
  parsePersonName,
  problem,
} from "../../organisations/index.ts";

/** Whom somebody wants to invite, as text from a form, a file or a command. An empty text is as good as none. */
export type Given = Readonly<{
  givenName?: string | undefined;
  familyName?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  category?: string | undefined;
  language?: string | undefined;
  userName?: string | undefined;
  /** Separated by spaces or commas. */
  roles?: string | readonly string[] | undefined;
  /** The address of the person's home application. */
  home?: string | undefined;
  /** The personal identity code that the activating person has to have. */
  identityCode?: string | undefined;
}>;

/** Whom to invite, every value checked. */
export type Invitee = Readonly<{
  givenName: string;
  familyName: string;
  email: string;
  phone: string;
  category: Category;
  language: Language;
  userName: string;
  roles: readonly string[];
  home: Home | null;
  expectedIdentity: Identity | null;
}>;

const phoneSays: Readonly<Record<PhoneRefusal, string>> = {
  "not-a-number": "It is not a mobile number. Write it with its country code, such as +358 40 123 4567.",
  "not-mobile": "It is not a mobile number: the PIN goes out as a text message.",
  "country-not-allowed": "Text messages are not sent to that country.",
};

const parseHome = (text: string): Home | null => {
  const url = text.length <= 500 && URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return null;
  return { url: url.href, name: Object.fromEntries(languages.map((language) => [language, url.hostname])) };
};

const parseRoles = (given: Given["roles"]): readonly string[] | null => {
  const roles = typeof given === "string" ? given.split(/[\s,|]+/).filter(Boolean) : (given ?? []);
  const unique = [...new Set(roles)];
  return unique.length <= 20 && unique.every((role) => /^[\w:.\-/åäöÅÄÖ]{1,100}$/.test(role)) ? unique : null;
};

/** A user name that looks like an e-mail address must be the person's own, or one could take another's. */
function parseUserName(text: string, email: string): string | null {
  const key = nameKey(text);
  const own = key === nameKey(email);
  return key !== null && text.length <= 100 && (own || !key.includes("@")) ? text : null;
}

/** Checks what was given for an invitation to `organisation`, naming everything that is wrong with it. */
export function parseInvitee(
  given: Given,
  organisation: Organisation,
  rules: PhoneRules,
): { invitee: Invitee } | { problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const wrong = (field: keyof Given, reason: string, says: string) => {
    problems.push(problem(field, reason, says));
    return "";
  };
  const text = (field: Exclude<keyof Given, "roles">) => given[field]?.trim() ?? "";
  const name = (field: "givenName" | "familyName") => {
    if (text(field) === "") return wrong(field, "missing", "The name is missing.");
    const says = "Use at most 100 characters, without line breaks and characters that can't be seen.";
    return parsePersonName(text(field)) ?? wrong(field, "not-a-name", says);
  };
  const givenName = name("givenName");
  const familyName = name("familyName");
  const email =
    parseEmail(text("email")) ??
    (text("email") === ""
      ? wrong("email", "missing", "The e-mail address is missing.")
      : wrong("email", "not-an-address", "It is not an e-mail address."));
  const mobile = parseMobile(text("phone"), rules);
  if (text("phone") === "") wrong("phone", "missing", "The mobile number is missing.");
  else if ("refused" in mobile) wrong("phone", mobile.refused, phoneSays[mobile.refused]);
  const category = categories.find((known) => known === text("category").toLowerCase());
  if (text("category") && !category) wrong("category", "unknown", `The categories are ${categories.join(", ")}.`);
  const language = text("language").toLowerCase();
  if (language && !isLanguage(language)) wrong("language", "unknown", `The languages are ${languages.join(", ")}.`);
  const userName = text("userName") === "" ? email : parseUserName(text("userName"), email);
  if (userName === null)
    wrong("userName", "not-a-name", "Use at most 100 characters; with an @, only the person's own e-mail address.");
  const roles = parseRoles(given.roles);
  if (!roles) wrong("roles", "not-roles", "Use at most 20 roles of letters, digits and - _ . : / signs.");
  const home = text("home") === "" ? null : parseHome(text("home"));
  if (text("home") && !home) wrong("home", "not-an-address", "Give a whole address, such as https://intra.example/.");
  const expectedIdentity = text("identityCode") === "" ? null : parseIdentityCode(text("identityCode"));
  if (text("identityCode") && !expectedIdentity)
    wrong("identityCode", "not-a-code", "The check character does not match. Ask for the code again.");
  if (organisation.state === "closed") problems.push(problem("organisation", "closed", "The organisation is closed."));
  if (problems.length > 0 || "refused" in mobile || userName === null || !roles) return { problems };
  return {
    invitee: {
      givenName,
      familyName,
      email,
      phone: mobile.phone,
      category: category ?? categoryOf(email, organisation.emailCategories),
      language: isLanguage(language) ? language : (organisation.languages[0] ?? "en"),
      userName,
      roles,
      home,
      expectedIdentity,
    },
  };
}
