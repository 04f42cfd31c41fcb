/**
 * The namespaces of words, one file each in `locales/en/`, and the keys that the English files hold. A new file needs
 * its line here, nothing else.
 */
type Files = {
  account: typeof import("../../../locales/en/account.json", { with: { type: "json" }});
  activation: typeof import("../../../locales/en/activation.json", { with: { type: "json" }});
  applications: typeof import("../../../locales/en/applications.json", { with: { type: "json" }});
  certificate: typeof import("../../../locales/en/certificate.json", { with: { type: "json" }});
  common: typeof import("../../../locales/en/common.json", { with: { type: "json" }});
  demo: typeof import("../../../locales/en/demo.json", { with: { type: "json" }});
  "demo-bank": typeof import("../../../locales/en/demo-bank.json", { with: { type: "json" }});
  "demo-directory": typeof import("../../../locales/en/demo-directory.json", { with: { type: "json" }});
  "demo-proofing": typeof import("../../../locales/en/demo-proofing.json", { with: { type: "json" }});
  document: typeof import("../../../locales/en/document.json", { with: { type: "json" }});
  eid: typeof import("../../../locales/en/eid.json", { with: { type: "json" }});
  errors: typeof import("../../../locales/en/errors.json", { with: { type: "json" }});
  freeze: typeof import("../../../locales/en/freeze.json", { with: { type: "json" }});
  guest: typeof import("../../../locales/en/guest.json", { with: { type: "json" }});
  guide: typeof import("../../../locales/en/guide.json", { with: { type: "json" }});
  journey: typeof import("../../../locales/en/journey.json", { with: { type: "json" }});
  messages: typeof import("../../../locales/en/messages.json", { with: { type: "json" }});
  passkey: typeof import("../../../locales/en/passkey.json", { with: { type: "json" }});
  password: typeof import("../../../locales/en/password.json", { with: { type: "json" }});
  "password-link": typeof import("../../../locales/en/password-link.json", { with: { type: "json" }});
  problems: typeof import("../../../locales/en/problems.json", { with: { type: "json" }});
  recovery: typeof import("../../../locales/en/recovery.json", { with: { type: "json" }});
  "recovery-status": typeof import("../../../locales/en/recovery-status.json", { with: { type: "json" }});
  totp: typeof import("../../../locales/en/totp.json", { with: { type: "json" }});
};

/** Keys are in kebab-case; an underscore starts a plural or a context (`lock-out_one`, `continue_totp`). */
type Base<K extends string> = K extends `${infer B}_${string}` ? B : K;

type KeysOf<N extends keyof Files> = Exclude<keyof Files[N], "default"> & string;

/** A name of words: `namespace:key`. A plural or context is named by its base (`t("x:lock-out", { count })`) or whole. */
export type Key = { [N in keyof Files]: `${N}:${KeysOf<N> | Base<KeysOf<N>>}` }[keyof Files];
