/** Why a source of revocations said nothing that counts: a phrase for operators, which quotes nothing of what came. */
export class Trouble extends Error {
  override name = "Trouble";
  constructor(phrase: string, cause?: unknown) {
    super(phrase, { cause });
  }
}
