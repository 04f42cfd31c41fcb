import type { Key } from "../../../platform/i18n/index.ts";
import { html, type Row, rows } from "../../../platform/pages/index.ts";
import type { StepPage, StepView } from "../../journey/index.ts";
import { showButton, testHelp } from "./pages.ts";

type Drawn = Readonly<{ lede: Key; rows?: readonly (keyof typeof questions)[] }>;

/** What may be behind it, and what to do then. */
const questions = {
  "is-in": { icon: "card", title: "certificate:is-in", note: "certificate:is-in-do" },
  "is-pin": { icon: "lock", title: "certificate:is-pin", note: "certificate:is-pin-do" },
  "is-software": { icon: "laptop", title: "certificate:is-software", note: "certificate:is-software-do" },
  "is-valid": { icon: "clock", title: "certificate:is-valid", note: "certificate:is-valid-do" },
  remembers: { icon: "info", title: "certificate:remembers", note: "certificate:remembers-do" },
  "other-card": { icon: "card", title: "certificate:other-card", note: "certificate:other-card-do" },
  "other-certificate": {
    icon: "check",
    title: "certificate:other-certificate",
    note: "certificate:other-certificate-do",
  },
  "new-card": { icon: "card", title: "certificate:new-card", note: "certificate:new-card-do" },
  "has-account": { icon: "person", title: "certificate:has-account", note: "certificate:has-account-do" },
  invited: { icon: "mail", title: "certificate:invited", note: "certificate:invited-do" },
  "own-card": { icon: "person", title: "certificate:own-card", note: "certificate:own-card-do" },
  "use-other": { icon: "person", title: "certificate:use-other", note: "certificate:use-other-do" },
  "other-unknown": { icon: "info", title: "certificate:other-unknown", note: "certificate:other-unknown-do" },
} as const satisfies Record<string, { icon: Row["icon"]; title: Key; note: Key }>;

/** By the key of the refusal, which is the page's heading too. */
const pages: Readonly<Partial<Record<Key, Drawn>>> = {
  // No certificate, a wrong or cancelled PIN, missing software and an expired card look the same from here.
  "certificate:none": {
    lede: "certificate:none-lede",
    rows: ["is-in", "is-pin", "is-software", "is-valid", "remembers"],
  },
  "certificate:not-accepted": {
    lede: "certificate:not-accepted-lede",
    rows: ["other-card", "other-certificate", "remembers"],
  },
  "certificate:expired": { lede: "certificate:expired-lede", rows: ["new-card", "other-card"] },
  "certificate:revoked": { lede: "certificate:expired-lede", rows: ["new-card", "other-card"] },
  "certificate:not-yet-valid": { lede: "certificate:not-yet-valid-lede" },
  "certificate:signature": { lede: "certificate:signature-lede", rows: ["remembers"] },
  "certificate:unchecked": { lede: "certificate:unchecked-lede" },
  "certificate:other-organisation": { lede: "certificate:other-organisation-lede", rows: ["own-card", "other-card"] },
  "certificate:not-linked": {
    lede: "certificate:not-linked-lede",
    rows: ["has-account", "new-card", "invited", "own-card"],
  },
  "certificate:bound-elsewhere": {
    lede: "certificate:bound-elsewhere-lede",
    rows: ["own-card", "use-other", "other-unknown"],
  },
};

/**
 * The page of its own that the last refusal has: what happened, what to do, and another way in (SIN-12). `remembers`:
 * whether the browser may have remembered what was chosen.
 */
export function troublePage(view: StepView, { remembers }: { remembers: boolean }): StepPage | null {
  const { t, journey } = view;
  const key = journey.notice?.key;
  const drawn = key && pages[key];
  if (!drawn) return null;
  const linking = journey.purpose === "activation" || journey.purpose === "link-method";
  const known = key === "certificate:not-linked" && journey.accountId !== null;
  const asked = (drawn.rows ?? []).filter(
    (name) => (name !== "remembers" || remembers) && !((linking || known) && forStrangers.has(name)),
  );
  const list = asked.map((name) => {
    const { icon, title, note } = questions[name];
    return { icon, title: t(title), note: t(note, { context: linking ? "link" : "" }) };
  });
  return {
    title: t(key, { context: known ? "known" : "" }),
    lede: t(drawn.lede),
    main: html`${list.length > 0 && rows(list)}${showButton(view, t("common:try-again"))}${view.anotherWay}`,
    help: testHelp(view),
  };
}

/** Nothing to whoever has signed in, or is just activating an account. */
const forStrangers: ReadonlySet<string> = new Set(["has-account", "invited"]);
