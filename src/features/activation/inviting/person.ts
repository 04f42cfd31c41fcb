import { type Identity, parseIdentityCode } from "../../../kernel/identity.ts";
import { isLanguage, type Language, languages } from "../../../kernel/language.ts";
import {
  type Account,
  type AccountChange,
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

/** Reads what was given value by value, each trimmed, and gathers what is wrong. Null: it is missing, or wrong. */
function reading(given: Given, rules: PhoneRules) {
  const problems: Problem[] = [];
  const wrong = (field: keyof Given, reason: string, says: string) => {
    problems.push(problem(field, reason, says));
    return null;
  };
  const text = (field: Exclude<keyof Given, "roles">) => given[field]?.trim() ?? "";
  return {
    problems,
    text,
    wrong,
    name(field: "givenName" | "familyName") {
      if (text(field) === "") return wrong(field, "missing", "The name is missing.");
      const says = "Use at most 100 characters, without line breaks and characters that can't be seen.";
      return parsePersonName(text(field)) ?? wrong(field, "not-a-name", says);
    },
    email() {
      if (text("email") === "") return wrong("email", "missing", "The e-mail address is missing.");
      return parseEmail(text("email")) ?? wrong("email", "not-an-address", "It is not an e-mail address.");
    },
    phone() {
      if (text("phone") === "") return wrong("phone", "missing", "The mobile number is missing.");
      const mobile = parseMobile(text("phone"), rules);
      return "phone" in mobile ? mobile.phone : wrong("phone", mobile.refused, phoneSays[mobile.refused]);
    },
    language() {
      const language = text("language").toLowerCase();
      if (language === "" || isLanguage(language)) return language || null;
      return wrong("language", "unknown", `The languages are ${languages.join(", ")}.`);
    },
    /** `email` is the person's own. */
    userName: (email: string) =>
      parseUserName(text("userName"), email) ??
      wrong("userName", "not-a-name", "Use at most 100 characters; with an @, only the person's own e-mail address."),
  };
}

/** Checks what was given for an invitation to `organisation`, naming everything that is wrong with it. */
export function parseInvitee(
  given: Given,
  organisation: Organisation,
  rules: PhoneRules,
): { invitee: Invitee } | { problems: readonly Problem[] } {
  const read = reading(given, rules);
  const { problems, text, wrong } = read;
  const givenName = read.name("givenName");
  const familyName = read.name("familyName");
  const email = read.email();
  const phone = read.phone();
  const category = categories.find((known) => known === text("category").toLowerCase());
  if (text("category") && !category) wrong("category", "unknown", `The categories are ${categories.join(", ")}.`);
  const language = read.language();
  const userName = text("userName") === "" ? email : read.userName(email ?? "");
  const roles = parseRoles(given.roles);
  if (!roles) wrong("roles", "not-roles", "Use at most 20 roles of letters, digits and - _ . : / signs.");
  const home = text("home") === "" ? null : parseHome(text("home"));
  if (text("home") && !home) wrong("home", "not-an-address", "Give a whole address, such as https://intra.example/.");
  const expectedIdentity = text("identityCode") === "" ? null : parseIdentityCode(text("identityCode"));
  if (text("identityCode") && !expectedIdentity)
    wrong("identityCode", "not-a-code", "The check character does not match. Ask for the code again.");
  if (organisation.state === "closed") problems.push(problem("organisation", "closed", "The organisation is closed."));
  if (problems.length > 0 || !givenName || !familyName || !email || !phone || !userName || !roles) return { problems };
  return {
    invitee: {
      givenName,
      familyName,
      email,
      phone,
      category: category ?? categoryOf(email, organisation.emailCategories),
      language: language ?? organisation.languages[0] ?? "en",
      userName,
      roles,
      home,
      expectedIdentity,
    },
  };
}

/** What is to change of an account, as text; what is left out stays. `phone`: null to have none. */
export type GivenChange = Pick<Given, "givenName" | "familyName" | "email" | "language" | "userName"> &
  Readonly<{ phone?: string | null | undefined }>;

/**
 * Checks what was given to change of `account` as an invitation's is checked. Whoever signs in under their e-mail address
 * does so under the new one, so that nothing is left by which the old one finds the account.
 */
export function parseChange(
  given: GivenChange,
  account: Account,
  rules: PhoneRules,
): { change: AccountChange } | { problems: readonly Problem[] } {
  const read = reading({ ...given, phone: given.phone ?? undefined }, rules);
  const givenName = given.givenName === undefined ? account.givenName : read.name("givenName");
  const familyName = given.familyName === undefined ? account.familyName : read.name("familyName");
  const email = given.email === undefined ? account.email : read.email();
  const isUnderEmail = nameKey(account.userName) === nameKey(account.email);
  const kept = isUnderEmail ? email : account.userName;
  const userName = given.userName === undefined ? kept : read.userName(email ?? account.email);
  const phone = given.phone === undefined ? account.phone : given.phone === null ? null : read.phone();
  const language = given.language === undefined ? account.language : read.language();
  if (given.language?.trim() === "") read.wrong("language", "missing", "The language is missing.");
  if (read.problems.length > 0 || !givenName || !familyName || !email || !userName || !language)
    return { problems: read.problems };
  return { change: { givenName, familyName, email, userName, phone, language } };
}
