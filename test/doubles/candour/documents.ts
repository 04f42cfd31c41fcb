/** What a document says, as Candour tells it. Absent: it is not on the document, or could not be read. */
export type TestDocument = Readonly<{
  id: string;
  firstName: string;
  lastName: string;
  dateOfBirth: string;
  nationality: string;
  idIssuer: string;
  nationalIdentificationNumber?: string;
}>;

/** Finnish codes are of the range 900–999, which nobody is given; the Swedish ones are Skatteverket's for tests. */
export const testDocuments = [
  {
    id: "tero",
    firstName: "TERO TESTI",
    lastName: "ÄYRÄMÖ",
    dateOfBirth: "1970-01-01",
    nationality: "FIN",
    idIssuer: "FIN",
    nationalIdentificationNumber: "010170-999R",
  },
  {
    id: "namesake",
    firstName: "TERO TESTI",
    lastName: "ÄYRÄMÖ",
    dateOfBirth: "1970-01-01",
    nationality: "FIN",
    idIssuer: "FIN",
    nationalIdentificationNumber: "010170-998P",
  },
  {
    id: "asa",
    firstName: "ÅSA",
    lastName: "LINDQVIST",
    dateOfBirth: "1981-12-28",
    nationality: "SWE",
    idIssuer: "SWE",
    nationalIdentificationNumber: "198112289874",
  },
  {
    id: "kadri",
    firstName: "KADRI",
    lastName: "TAMM",
    dateOfBirth: "1985-04-12",
    nationality: "EST",
    idIssuer: "EST",
  },
] as const satisfies readonly TestDocument[];
