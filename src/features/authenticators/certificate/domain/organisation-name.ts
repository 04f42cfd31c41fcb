/** As it is compared: issuers write names without accents, in capitals, or with other spaces. */
const fold = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();

/** Whether the organisation that a card names is this one, by any of its names. A card that names none never is. */
export const namesOrganisation = (named: string | null, names: readonly string[]): boolean =>
  named !== null && fold(named) !== "" && names.some((name) => fold(name) === fold(named));
