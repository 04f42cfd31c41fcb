import { days, type Instant, plus } from "../../kernel/time.ts";
import type { AuthorityCheck } from "../../ports/certificate-checker.ts";
import { type Certificate, nameOf } from "./certificate.ts";
import { revocableLinks } from "./check.ts";
import type { Lists } from "./lists.ts";
import { type Issuer, isInDate } from "./paths.ts";
import type { Authority } from "./settings.ts";
import { Trouble } from "./trouble.ts";

type Finding = Omit<AuthorityCheck, "authority">;

/** What `vahva doctor` says of an authority: its certificates, what it is lax about, and whether its lists can be read. */
export async function inspect(authority: Authority, lists: Lists, now: Instant): Promise<readonly AuthorityCheck[]> {
  const ofLists = await Promise.all(
    listsOf(authority).map(([url, issuer]) => inspectList(url, issuer, authority, lists, now)),
  );
  const findings = [
    ...authority.paths.map((path) => inspectPath(path, now)),
    ...inspectSettings(authority),
    ...ofLists,
  ];
  return findings.map((finding) => ({ authority: authority.name, ...finding }));
}

/** The lists that are known before any card has come: of its CAs, and the one that settings name. */
export function listsOf({ paths, crlUrl }: Authority): readonly (readonly [url: string, issuer: Certificate])[] {
  return paths.flatMap((path) => [
    ...(crlUrl ? [[crlUrl, path.certificate] as const] : []),
    ...revocableLinks(path).flatMap(([ca, parent]) => ca.crlUrls.slice(0, 1).map((url) => [url, parent] as const)),
  ]);
}

function inspectPath(path: Issuer, now: Instant): Finding {
  const name = nameOf(path.certificate);
  if (!isInDate(path, now))
    return {
      verdict: "fail",
      says: `The certificate of ${name}, or one above it, is out of date.`,
      todo: "Give the authority's new certificates.",
    };
  if (!isInDate(path, plus(now, days(60))))
    return {
      verdict: "advice",
      says: `The certificate of ${name}, or one above it, ends within 60 days.`,
      todo: "Ask the authority for its new certificates.",
    };
  return { verdict: "pass", says: `${name} is in date, up to its root.` };
}

function inspectSettings(authority: Authority): readonly Finding[] {
  const lax: Finding[] = [];
  if (authority.revocation === "soft")
    lax.push({
      verdict: "advice",
      says: "Cards are accepted while nobody can tell whether they are revoked.",
      todo: "Set revocation to required.",
    });
  if (authority.policies.length === 0)
    lax.push({
      verdict: "advice",
      says: "Every certificate of these issuers counts as a card.",
      todo: "Name the policies that its cards carry.",
    });
  if (!authority.asksAnybody)
    lax.push({
      verdict: "fail",
      says: "Nobody may be asked whether a card is revoked: neither its certificates nor its settings name a host.",
      todo: "Allow the hosts that the cards name, or give the addresses of OCSP and of the revocation list.",
    });
  const checkable = authority.paths.flatMap(({ certificate, above }) => [certificate, ...above].slice(0, -1));
  for (const ca of checkable.filter(({ ocspUrls, crlUrls }) => ocspUrls.length + crlUrls.length === 0))
    lax.push({
      verdict: "advice",
      says: `The certificate of ${nameOf(ca)} does not name where its revocation could be asked for.`,
      todo: "Remove it here should its issuer ever revoke it.",
    });
  return lax;
}

async function inspectList(
  url: string,
  issuer: Certificate,
  { mayAsk }: Authority,
  lists: Lists,
  now: Instant,
): Promise<Finding> {
  const which = `The revocation list of ${nameOf(issuer)} (${url})`;
  const todo = "See that this server reaches the address; cards are refused while their status is not known.";
  if (!mayAsk(url)) return { verdict: "fail", says: `${which} may not be asked.`, todo: "Allow its host." };
  try {
    const { serials, nextUpdate } = await lists.get(url, issuer, now);
    return {
      verdict: "pass",
      says: `${which} has ${serials.size()} entries and is good until ${nextUpdate.toISOString()}.`,
    };
  } catch (error) {
    return { verdict: "fail", says: `${which} ${error instanceof Trouble ? error.message : "failed"}.`, todo };
  }
}
