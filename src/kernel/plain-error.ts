/**
 * A fault that the person at the terminal can mend. Its message is a whole sentence that says what is wrong and what to
 * do; the command line prints it without a stack and exits with 1.
 */
export class PlainError extends Error {
  override name = "PlainError";
}
