import type { Key, Translate } from "../../../platform/i18n/index.ts";

/** What directories' adapters call what they could not remove, as people know it. */
const words: Readonly<Record<string, Key>> = {
  "FIDO2 security key or passkey": "recovery-status:left-fido2",
  "platform credential of a Mac": "recovery-status:left-mac",
  "code app": "recovery-status:left-code-app",
  "hardware token": "recovery-status:left-token",
  "external method": "recovery-status:left-external",
  "e-mail address for password reset": "recovery-status:left-email",
  "phone number": "recovery-status:left-phone",
  "phone number (mobile)": "recovery-status:left-phone",
  "phone number (alternate mobile)": "recovery-status:left-phone-alternate",
  "phone number (office)": "recovery-status:left-phone-office",
};

/** The name in the reader's language; a product's own name, and what nobody has words for, as it is. */
export const leftWord = (t: Translate, name: string): string => {
  const key = Object.hasOwn(words, name) ? words[name] : undefined;
  return key ? t(key) : name;
};
