import type { LocalisedText } from "../../kernel/language.ts";

/** A means as its broker calls it. Brands have one name; others are named in each language. */
export type KnownMeans = Readonly<{
  id: string;
  name: string | LocalisedText;
  country: string;
  note?: string;
  /** Offered only where the settings list it: ordered separately, or only in the broker's test environment. */
  unlessListed?: "hidden" | "test-only";
}>;

const mobileId = {
  name: { fi: "Mobiilivarmenne", sv: "Mobilcertifikat", en: "Mobile ID" },
  country: "FI",
  note: "DNA, Elisa, Telia",
} as const;
const finnish = (id: string, name: string): KnownMeans => ({ id, name, country: "FI" });
const finnishBanks = { fi: "Verkkopankkitunnukset", sv: "Nätbankskoder", en: "Online banking codes" };

export const means = {
  telia: [
    finnish("oidc.aktia.1", "Aktia"),
    finnish("oidc.danskebank.1", "Danske Bank"),
    finnish("oidc.hightrust.id.1", "Hightrust.id"),
    { id: "mpki.telia.1", ...mobileId },
    { id: "mpki.telia.emulator.1", ...mobileId, note: "emulator", unlessListed: "test-only" },
    finnish("oidc.nordea.1", "Nordea"),
    finnish("oidc.omasp.1", "OmaSp"),
    finnish("saml.op.1", "OP"),
    finnish("oidc.pop.1", "POP Pankki"),
    finnish("oidc.spankki.1", "S-Pankki"),
    finnish("oidc.sp.1", "Säästöpankki"),
    finnish("oidc.alandsbanken.1", "Ålandsbanken"),
    {
      id: "pki.hst.1",
      name: { fi: "Henkilökortti", sv: "Identitetskort", en: "Identity card" },
      country: "FI",
      unlessListed: "hidden",
    },
  ],
  signicat: [
    { id: "idp:ftn", name: finnishBanks, country: "FI", note: "Mobiilivarmenne" },
    { id: "idp:sbid", name: "BankID", country: "SE", unlessListed: "hidden" },
  ],
  idura: [
    { id: "urn:grn:authn:fi:bankid", name: finnishBanks, country: "FI" },
    { id: "urn:grn:authn:fi:mobile-id", ...mobileId },
    { id: "urn:grn:authn:se:bankid", name: "BankID", country: "SE", unlessListed: "hidden" },
    { id: "urn:grn:authn:se:frejaid", name: "Freja", country: "SE", unlessListed: "hidden" },
    { id: "urn:grn:authn:no:bankid", name: "BankID", country: "NO", unlessListed: "hidden" },
    { id: "urn:grn:authn:no:vipps", name: "Vipps", country: "NO", unlessListed: "hidden" },
  ],
} as const satisfies Record<string, readonly KnownMeans[]>;
