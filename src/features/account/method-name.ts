import type { Translate } from "../../platform/i18n/index.ts";
import type { Authenticator, Method } from "../journey/index.ts";

/** "Authenticator app", with the name of its own that one of several may have. */
export function methodName({ method, name }: Authenticator, methods: readonly Method[], t: Translate): string {
  const words = methods.find((one) => one.name === method)?.words;
  const kind = method === "password" ? t("account:password") : words ? t(words.name) : method;
  if (!name) return kind;
  return words?.named ? t(words.named, { name }) : `${kind}, ${name}`;
}
