import type { Key, Translate } from "../../platform/i18n/index.ts";
import type { IconName } from "../../platform/pages/index.ts";
import type { PictureName } from "./pictures.ts";

export type GuideView = Readonly<{
  t: Translate;
  /** Where the reader's organisation stands in addresses, so that each page keeps to what it permits. */
  query: string;
  /** The service's own, for what is read on paper. */
  publicUrl: string;
}>;

/** What is done, and the picture of it. `labels` are words of other pages, as they stand there. */
export type Step = Readonly<{ picture: PictureName; text: Key; labels?: Readonly<Record<string, Key>> }>;

export type Guide = Readonly<{
  /** In its address. */
  name: string;
  /** The method that it is about. */
  method: string;
  icon: IconName;
  title: Key;
  lede: Key;
  steps: readonly Step[];
  /** What is worth knowing besides: a question and its answer. */
  trouble: readonly [question: Key, answer: Key, labels?: Readonly<Record<string, Key>>];
}>;

const linkBy = (label: Key): Step => ({
  picture: "choose",
  text: "guide:link-by",
  labels: { label, page: "account:title" },
});
const signInBy = (label: Key): Step => ({ picture: "choose", text: "guide:sign-in-by", labels: { label } });

/** GUI-3: from nothing to being signed in, on one sheet each. The first steps link the method, the last use it. */
export const guides: readonly Guide[] = [
  {
    name: "eid",
    method: "eid",
    icon: "bank",
    title: "guide:eid",
    lede: "guide:eid-lede",
    steps: [
      linkBy("eid:name"),
      { picture: "banks", text: "guide:eid-own" },
      { picture: "bank", text: "guide:eid-there" },
      { picture: "done", text: "guide:eid-back" },
      signInBy("eid:continue"),
    ],
    trouble: ["guide:eid-trouble", "guide:eid-trouble-do"],
  },
  {
    name: "passkey",
    method: "passkey",
    icon: "passkey",
    title: "guide:passkey",
    lede: "guide:passkey-lede",
    steps: [
      linkBy("passkey:name"),
      { picture: "dialog", text: "guide:passkey-make", labels: { label: "passkey:make" } },
      { picture: "finger", text: "guide:passkey-confirm" },
      signInBy("passkey:continue"),
      { picture: "scan", text: "guide:passkey-elsewhere" },
    ],
    trouble: ["guide:passkey-trouble", "guide:passkey-trouble-do"],
  },
  {
    name: "certificate",
    method: "certificate",
    icon: "card",
    title: "guide:certificate",
    lede: "guide:certificate-lede",
    steps: [
      { picture: "insert", text: "guide:certificate-insert" },
      linkBy("certificate:name"),
      { picture: "dialog", text: "guide:certificate-choose" },
      { picture: "pin", text: "guide:certificate-pin" },
      signInBy("certificate:continue"),
      { picture: "remove", text: "guide:certificate-remove" },
    ],
    trouble: ["guide:certificate-trouble", "guide:certificate-trouble-do", { label: "certificate:test" }],
  },
  {
    name: "totp",
    method: "totp",
    icon: "app",
    title: "guide:totp",
    lede: "guide:totp-lede",
    steps: [
      { picture: "install", text: "guide:totp-install" },
      linkBy("totp:link-name"),
      { picture: "scan", text: "guide:totp-scan" },
      { picture: "digits", text: "guide:totp-code" },
      { picture: "enter", text: "guide:code-sign-in" },
    ],
    trouble: ["guide:totp-trouble", "guide:totp-trouble-do"],
  },
  {
    name: "token",
    method: "totp",
    icon: "password",
    title: "guide:token",
    lede: "guide:token-lede",
    steps: [
      { picture: "serial", text: "guide:token-serial" },
      linkBy("totp:link-name"),
      { picture: "token", text: "guide:token-enter", labels: { label: "totp:token" } },
      { picture: "enter", text: "guide:code-sign-in" },
    ],
    trouble: ["guide:token-trouble", "guide:token-trouble-do", { label: "account:test-code", page: "account:title" }],
  },
];
