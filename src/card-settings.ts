import { isIP, isIPv4 } from "node:net";
import * as z from "zod";
import type { HeaderFormat } from "./features/authenticators/certificate/index.ts";
import { list, port, setting } from "./setting.ts";

const headerFormats = [
  "rfc9440",
  "nginx",
  "envoy",
  "traefik",
  "haproxy",
  "apache",
] as const satisfies readonly HeaderFormat[];

/** The settings of certificate cards, which `config.ts` reads with all others: all of it is left out where there are none. */
export const cardSettings = {
  VAHVA_CARD_URL: setting(
    "The address at which browsers show certificate cards: another host or port than the public one. With a `*` as its first label (https://*.card.example.fi, with a wildcard certificate and DNS record) each sign-in gets a name of its own, so that browsers always ask for the card again.",
    "none: no certificate cards",
    z.string().regex(/^https:\/\/(\*\.)?[a-z0-9.-]+(:\d+)?$/i, {
      error: "expected an address without a path, such as https://card.example.fi or https://*.card.example.fi",
    }),
  ),
  VAHVA_CARD_PORT: setting("The port on which the card listener listens, at VAHVA_HOST.", "none", port),
  VAHVA_CARD_AUTHORITIES: setting(
    "The folder that says whose cards are accepted: one JSON file for each kind of card, with the certificates (PEM) beside it.",
    "none",
    z.string().min(1),
  ),
  VAHVA_CARD_TLS_CERT_FILE: setting(
    "Certificate chain (PEM) of the card listener's own address.",
    "VAHVA_TLS_CERT_FILE",
    z.string(),
  ),
  VAHVA_CARD_TLS_KEY_FILE: setting("The certificate's private key (PEM).", "VAHVA_TLS_KEY_FILE", z.string()),
  VAHVA_CARD_HEADER: setting(
    `\`none\`, or how reverse proxies in front of the card listener hand over certificates: ${headerFormats.map((each) => `\`${each}\``).join(", ")}. The card listener then speaks plain HTTP, to them alone.`,
    "none",
    z.enum(["none", ...headerFormats], { error: `expected none, ${headerFormats.join(", ")}` }),
  ),
  VAHVA_CARD_PROXIES: setting(
    "Addresses or networks of those proxies, comma separated. Nobody else's header is believed.",
    "none",
    list.pipe(z.array(z.string().refine(isNetwork, { error: "expected addresses such as 10.0.0.5 or 10.0.0.0/24" }))),
  ),
} as const;

type Values = Readonly<{
  VAHVA_CARD_URL?: string | undefined;
  VAHVA_CARD_PORT?: number | undefined;
  VAHVA_CARD_AUTHORITIES?: string | undefined;
  VAHVA_CARD_TLS_CERT_FILE?: string | undefined;
  VAHVA_CARD_TLS_KEY_FILE?: string | undefined;
  VAHVA_CARD_HEADER?: "none" | HeaderFormat | undefined;
  VAHVA_CARD_PROXIES?: readonly string[] | undefined;
  VAHVA_TLS_CERT_FILE?: string | undefined;
  VAHVA_TLS_KEY_FILE?: string | undefined;
}>;

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  if (isIP(address) === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128));
}

/** What cards need and nobody gave. `address` is the public one. */
export function missingOfCards(values: Values, address: URL | null): string[] {
  const given = Object.keys(cardSettings).filter((name) => values[name as keyof typeof cardSettings] !== undefined);
  if (given.length === 0) return [];
  const problems = (["VAHVA_CARD_URL", "VAHVA_CARD_PORT", "VAHVA_CARD_AUTHORITIES"] as const)
    .filter((name) => values[name] === undefined)
    .map((name) => `${name}: certificate cards need it (${given[0]} is set).`);
  const behindProxy = (values.VAHVA_CARD_HEADER ?? "none") !== "none";
  if (behindProxy && !values.VAHVA_CARD_PROXIES?.length)
    problems.push("VAHVA_CARD_PROXIES: name the proxies whose header is believed (VAHVA_CARD_HEADER is set).");
  if (!behindProxy && values.VAHVA_CARD_PROXIES?.length)
    problems.push("VAHVA_CARD_HEADER: say how the proxies hand over certificates (VAHVA_CARD_PROXIES is set).");
  const { VAHVA_CARD_TLS_CERT_FILE: cert, VAHVA_CARD_TLS_KEY_FILE: key } = values;
  if ((cert === undefined) !== (key === undefined))
    problems.push("VAHVA_CARD_TLS_CERT_FILE and VAHVA_CARD_TLS_KEY_FILE: both are needed, or neither.");
  if (!behindProxy && cert === undefined && values.VAHVA_TLS_CERT_FILE === undefined)
    problems.push(
      "VAHVA_CARD_TLS_CERT_FILE: the card listener needs a TLS certificate, or a proxy (VAHVA_CARD_HEADER).",
    );
  if (address && values.VAHVA_CARD_URL && new URL(values.VAHVA_CARD_URL).origin === address.origin)
    problems.push("VAHVA_CARD_URL: it has to be another host or port than VAHVA_PUBLIC_URL.");
  return problems;
}

/** Null where there are no cards. */
export function toCardConfig(values: Values) {
  const { VAHVA_CARD_URL: url, VAHVA_CARD_PORT: listens, VAHVA_CARD_AUTHORITIES: authorities } = values;
  if (url === undefined || listens === undefined || authorities === undefined) return null;
  const format = values.VAHVA_CARD_HEADER ?? "none";
  return {
    url,
    port: listens,
    authorities,
    /** Null: it serves TLS itself. */
    header: format === "none" ? null : { format, proxies: values.VAHVA_CARD_PROXIES ?? [] },
    certFile: values.VAHVA_CARD_TLS_CERT_FILE ?? values.VAHVA_TLS_CERT_FILE ?? null,
    keyFile: values.VAHVA_CARD_TLS_KEY_FILE ?? values.VAHVA_TLS_KEY_FILE ?? null,
  };
}
