/**
 * Who somebody is to a state or a broker. Compared whole: country and type are part of it, so that numbers that look alike
 * never meet. `country` is ISO 3166.
 */
export type Identity = Readonly<{ country: string; type: IdentityType; value: string }>;

export const identityTypes = [
  "hetu",
  "satu",
  "personnummer",
  "samordningsnummer",
  "fodselsnummer",
  "eidas",
  "subject",
] as const;
export type IdentityType = (typeof identityTypes)[number];

/** How sure an identification is (eIDAS 2015/1502; loa2 and loa3 of the Finnish Trust Network). */
export const levels = ["substantial", "high"] as const;
export type Level = (typeof levels)[number];
