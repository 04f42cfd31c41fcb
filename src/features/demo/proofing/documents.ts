import { type Duration, seconds } from "../../../kernel/time.ts";
import { type DemoPerson, demoPeople, fullName } from "../bank/people.ts";

/** A passport that nobody has. Its holder is one of the demo bank's customers, who may have several. */
export type DemoDocument = Readonly<{
  id: string;
  holder: DemoPerson;
  birthDate: string;
  /** ISO 3166, three letters, as passports write it. */
  issuer: string;
  /** The personal identity code on it; null where its state prints none. */
  code: string | null;
  /** How long the check takes once the person has gone back to the service. */
  takes: Duration;
}>;

export const demoDocuments: readonly DemoDocument[] = [
  finnish("mikael", "mikael"),
  { ...finnish("mikael-later", "mikael"), takes: seconds(10) },
  { ...finnish("mikael-abroad", "mikael"), issuer: "EST", code: null },
  finnish("aino", "aino"),
];

export const findDocument = (id: string): DemoDocument | null => demoDocuments.find((each) => each.id === id) ?? null;

/** The document as Candour tells it. */
export const toldOf = ({ holder, birthDate, issuer, code }: DemoDocument): Readonly<Record<string, string>> => ({
  name: fullName(holder),
  firstName: holder.givenNames,
  lastName: holder.familyName,
  dateOfBirth: birthDate,
  nationality: issuer,
  idIssuer: issuer,
  ...(code !== null && { nationalIdentificationNumber: code }),
});

function finnish(id: string, person: string): DemoDocument {
  const holder = demoPeople.find((each) => each.id === person);
  if (!holder) throw new Error(`the demo has no ${person}`);
  return { id, holder, birthDate: holder.birthDate ?? "", issuer: "FIN", code: holder.identity.value, takes: 0 };
}
