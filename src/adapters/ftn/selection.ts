import { z } from "zod";
import { type Language, languages, localised } from "../../kernel/language.ts";
import { type Instant, minutes, seconds } from "../../kernel/time.ts";
import type { Means, Selection } from "../../ports/identity-broker.ts";
import { type Cached, makeCached } from "./cached.ts";
import { fetchDocument } from "./exchange.ts";
import { loadLogo } from "./logo.ts";
import type { KnownMeans } from "./means.ts";
import { isBrokerAddress } from "./settings.ts";
import { fillAddress, type Setup } from "./setup.ts";
import { BrokerTrouble } from "./trouble.ts";

/** As long as a page waits for somebody else's words, and as long again for their pictures. */
const waiting = () => AbortSignal.timeout(seconds(2));
const keeping = { fresh: minutes(5), usable: minutes(15), rest: minutes(1) };

const text = z.string().trim().min(1).max(4000);
const selectorSchema = z.object({
  identityProviders: z
    .array(z.object({ name: text, ftn_idp_id: text, imageUrl: z.string().max(2000).nullish() }))
    .max(100),
  isbProviderInfo: text.optional(),
  isbConsent: text.optional(),
  privacyNoticeText: text.optional(),
  privacyNoticeLink: text.optional(),
  disturbanceInfo: z.object({ header: text.optional(), text: text.optional() }).nullish(),
});

/**
 * What people choose from. Lists and disturbances that the broker keeps come from memory, or within two seconds; without
 * them the broker's own page serves.
 */
export function makeSelection(setup: Setup): (language: Language, now: Instant) => Promise<Selection> {
  const { selector, maintenance } = setup.profile;
  const selectors = perLanguage((language) => loadSelector(setup, language));
  const disturbances = makeCached({ load: () => loadMaintenance(setup), ...keeping });
  return async (language, now) => {
    if (selector) return orElse(selectors[language].get(now), empty);
    const lines = maintenance ? await orElse(disturbances.get(now), null) : null;
    return {
      means: setup.means.map((one) => inWords(one, language)),
      notices: [],
      disturbance: lines?.[language] ?? null,
    };
  };
}

const empty: Selection = { means: [], notices: [], disturbance: null };

const orElse = <T, E>(promise: Promise<T>, otherwise: E): Promise<T | E> => promise.catch(() => otherwise);

function perLanguage(load: (language: Language) => Promise<Selection>): Record<Language, Cached<Selection>> {
  const make = (language: Language) => makeCached({ load: () => load(language), ...keeping });
  return { fi: make("fi"), sv: make("sv"), en: make("en") };
}

const inWords = ({ id, name, country, note }: KnownMeans, language: Language): Means => ({
  id,
  name: typeof name === "string" ? name : localised(name, language),
  country,
  ...(note && { note }),
});

/** The broker's list, with its logos and the notices that must stand beside it. */
async function loadSelector(setup: Setup, language: Language): Promise<Selection> {
  const { issuer, clientId, profile } = setup;
  const more = { client_id: encodeURIComponent(clientId), language };
  const url = fillAddress(profile.selector ?? "", { issuer, issuerPath: profile.issuerPath, more });
  const { body } = await fetchDocument(url, "application/json", waiting());
  const found = selectorSchema.parse(JSON.parse(body));
  const { isbProviderInfo, isbConsent, privacyNoticeText, privacyNoticeLink, disturbanceInfo } = found;
  const notices = [isbProviderInfo, isbConsent].flatMap((words) => (words ? { text: words } : []));
  const link = privacyNoticeLink && isBrokerAddress(privacyNoticeLink) ? { href: privacyNoticeLink } : {};
  const disturbance = [disturbanceInfo?.header, disturbanceInfo?.text].filter((words) => words).join(" – ");
  const signal = waiting();
  const means = found.identityProviders.map(async ({ name, ftn_idp_id: id, imageUrl }) => {
    const logo = await loadLogo(imageUrl ?? undefined, signal);
    return { id, name, country: "FI", ...(logo && { logo }) };
  });
  return {
    means: await Promise.all(means),
    notices: privacyNoticeText ? [...notices, { text: privacyNoticeText, ...link }] : notices,
    disturbance: disturbance || null,
  };
}

/** One line, `fi|sv|en`. A page of an error that says 200 is none. */
async function loadMaintenance({ issuer, profile }: Setup): Promise<Record<Language, string | null>> {
  const url = fillAddress(profile.maintenance ?? "", { issuer, issuerPath: profile.issuerPath });
  const { body, type } = await fetchDocument(url, "text/plain", waiting());
  if (type !== "text/plain" || body.length > 2000) throw new BrokerTrouble("answer-unreadable");
  const parts = body.trim().split("|");
  const wordsOf = (language: Language) => (parts[languages.indexOf(language)] ?? parts[0])?.trim() || null;
  return { fi: wordsOf("fi"), sv: wordsOf("sv"), en: wordsOf("en") };
}
