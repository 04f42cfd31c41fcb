import type { Authenticator } from "../../journey/index.ts";

/** What a person reads codes from. */
export type Device = "app" | "token";

/** A hardware token has its serial number for a name, an app has none. Whoever has both is told of the app. */
export function deviceOf(authenticators: readonly Pick<Authenticator, "method" | "name">[]): Device {
  const own = authenticators.filter(({ method }) => method === "totp");
  return own.length > 0 && own.every(({ name }) => name !== null) ? "token" : "app";
}

/** What notices say was linked or removed. */
export const toldAs = (device: Device): "totp" | "token" => (device === "app" ? "totp" : "token");

/** For sentences that have a form for hardware tokens (`wrong`, `wrong_token`). */
export const wordsFor = (device: Device): { context?: "token" } => (device === "token" ? { context: "token" } : {});
