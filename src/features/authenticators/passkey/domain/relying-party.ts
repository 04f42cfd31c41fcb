/** Who asks for passkeys, as browsers know it: they are bound to `id`, a host name, and used at `origin` alone. */
export type RelyingParty = Readonly<{ id: string; origin: string }>;

/** The service at its public address. */
export function relyingPartyAt(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, origin };
}

/** Whether browsers have passkeys there: not at a bare IP address, nor without TLS, save on the machine itself. */
export function allowsPasskeys({ id, origin }: RelyingParty): boolean {
  const isAddress = id.startsWith("[") || /^[\d.]+$/.test(id);
  const isLocal = id === "localhost" || id.endsWith(".localhost");
  return !isAddress && (isLocal || origin.startsWith("https:"));
}
