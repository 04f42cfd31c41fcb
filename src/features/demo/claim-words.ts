import { type Language, localised } from "../../kernel/language.ts";
import { formatDateTime, formatList, type Key, type Translate } from "../../platform/i18n/index.ts";
import { type Fact, html } from "../../platform/pages/index.ts";
import type { Claims, SignedIn } from "./relying-party.ts";

const levels: Readonly<Record<string, Key>> = {
  aal1: "demo:level-aal1",
  aal2: "demo:level-aal2",
  aal3: "demo:level-aal3",
};

/** RFC 8176 */
const ways: Readonly<Record<string, Key>> = { pwd: "demo:way-pwd", otp: "demo:way-otp" };

const text = (claims: Claims, name: string): string => (typeof claims[name] === "string" ? claims[name] : "");

/** Who it is, as userinfo tells. */
export function whoFacts({ userinfo, claims }: SignedIn, language: Language, t: Translate): readonly Fact[] {
  const organisation = userinfo.organisation;
  const name =
    typeof organisation === "object" && organisation !== null && "name" in organisation ? organisation.name : "";
  const known: Fact[] = [
    [t("demo:name"), text(userinfo, "name")],
    [t("demo:email"), text(userinfo, "email")],
    [t("demo:phone"), text(userinfo, "phone_number")],
    [t("demo:organisation"), typeof name === "string" ? name : localised(name ?? {}, language)],
    [t("demo:subject"), html`<code>${claims.sub}</code>`],
  ];
  return known.filter(([, value]) => value !== "");
}

/** How they signed in, as the ID token tells: level, ways, time. */
export function howFacts({ claims }: SignedIn, language: Language, t: Translate): readonly Fact[] {
  const acr = text(claims, "acr");
  const level = levels[acr];
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : [];
  const named = amr.flatMap((value) => (ways[value] ? [t(ways[value])] : []));
  // An eID shows its factors to somebody else, who tells only that there were several.
  const shown = named.length === 0 && amr.includes("mfa") ? [t("demo:way-mfa")] : named;
  const at = claims.auth_time;
  return [
    [t("demo:level"), html`${level ? t(level) : acr} <code>${acr}</code>`],
    [t("demo:ways"), html`${formatList(shown, language, "and")} <code>${amr.join(" ")}</code>`],
    ...(typeof at === "number"
      ? ([[t("demo:when"), formatDateTime(new Date(at * 1000), language, "long")]] as const)
      : []),
  ];
}
