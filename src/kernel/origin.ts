/** Where a request comes from. */
export type Origin = Readonly<{
  /** Of the browser's own cookie: what journeys are bound to. */
  browserHash: Buffer;
  /** As throttles and the audit count it: see `networkOf`. */
  network: string;
  /** "Firefox, Windows" */
  browser: string;
  /** What the person's page shows, if it shows one. */
  reference: string;
}>;
