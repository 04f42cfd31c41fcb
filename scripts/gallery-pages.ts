import type { Language } from "../src/kernel/language.ts";
import { translator } from "../src/platform/i18n/index.ts";
import {
  actions,
  button,
  checks,
  choices,
  errorPage,
  events,
  facts,
  field,
  figures,
  folded,
  form,
  guide,
  helpSection,
  html,
  journeyPage,
  keyInGroups,
  link,
  linkButton,
  notice,
  orHeading,
  pair,
  part,
  qr,
  referenceNumber,
  rows,
  type SupportContact,
  select,
  supportContacts,
  table,
  tag,
  textArea,
  ways,
  workPage,
} from "../src/platform/pages/index.ts";
import { bankPages } from "./gallery-bank.ts";
import { cardPages } from "./gallery-card.ts";
import { eidPages } from "./gallery-eid.ts";
import { proofingPages } from "./gallery-proofing.ts";
import { recoveryStatusPages } from "./gallery-recovery-status.ts";

const contacts: readonly SupportContact[] = [
  { kind: "rights", email: "rights@koivula.example" },
  {
    kind: "password",
    phone: "016 555 0112",
    hours: { en: "Day and night", fi: "Vuorokauden ympäri", sv: "Dygnet runt" },
  },
  { kind: "technical", phone: "016 555 0119", hours: { en: "Weekdays 7–17", fi: "Arkisin 7–17" } },
];
const koivula = {
  name: "Koivula Wellbeing Services County",
  brandColour: "#a3195b",
  homeUrl: "https://koivula.example/",
};
const revontuli = { name: "Revontuli University", brandColour: "#1257b5" };
const languageLinks = { fi: "?lang=fi", sv: "?lang=sv", en: "?lang=en" };

const shared = (language: Language = "en") => ({
  language,
  organisation: koivula,
  languageLinks,
  demo: false,
  accessibilityUrl: "/a11y",
  privacyUrl: "/privacy",
  help: html`${supportContacts(contacts, language)}`,
});

/** Sample pages by name, with every component in one of them at least. */
export async function galleryPages(): Promise<Map<string, string>> {
  const pages = new Map([
    [
      "choose",
      journeyPage({ ...shared(), title: "Sign in", lede: "to Patient records", demo: true, main: chooseMain }),
    ],
    ["code", journeyPage({ ...shared(), title: "Enter the code from your app", refused: true, step, main: codeMain })],
    ["recover", journeyPage({ ...shared(), title: "What do you need to get back in?", main: recoverMain })],
    ["link-app", journeyPage({ ...shared(), title: "Link your authenticator app", main: await linkMain() })],
    ["card-test", journeyPage({ ...shared(), title: "Your card can’t be used yet", main: checksMain })],
    ["account", workPage({ ...work, organisation: revontuli, title: "Your sign-in methods", main: accountMain })],
    [
      "console",
      workPage({ ...work, demo: true, organisation: null, title: "Invitations", beside: invite, main: tableMain }),
    ],
  ]);
  for (const language of ["fi", "sv", "en"] as const) {
    const own = { ...shared(language), failure: "fault", reference: "H2V-6KD-50", contacts } as const;
    pages.set(`error-${language}`, errorPage({ ...own, at: new Date("2026-11-22T01:07:00Z") }));
  }
  const rooms = [
    ...eidPages(shared(), contacts),
    ...cardPages(shared(), contacts),
    ...bankPages(languageLinks),
    ...proofingPages(languageLinks),
    ...recoveryStatusPages({ ...shared(), organisation: revontuli }, contacts),
  ];
  for (const [name, page] of rooms) pages.set(name, page);
  return pages;
}

const t = translator("en");
const step = { at: 2, of: 2, label: "Code" };
const work = {
  ...shared(),
  nav: {
    label: "User services",
    links: [
      { href: "#m", label: "Methods", current: true },
      { href: "#p", label: "Password and contact details" },
      { href: "#d", label: "Your data" },
    ],
  },
  signedIn: { name: "Aino Virtanen", signOutAction: "/sign-out", fields: { token: "x" } },
};
const invite = linkButton({ href: "#", label: "Invite a person" });

const chooseMain = form({
  action: "#",
  content: html`${ways([{ value: "certificate", icon: "card", label: "Continue with certificate card", note: "You used it here last.", lead: true }])}
${orHeading("Other ways")}
${ways([
  {
    value: "eid",
    icon: "bank",
    label: "Continue with bank authentication",
    note: "Online banking codes, Mobile ID or Swedish BankID",
  },
  {
    value: "totp",
    icon: "app",
    label: "Continue with authenticator app",
    note: "User name or e-mail, password and a code",
  },
  { value: "passkey", icon: "passkey", label: "Continue with passkey", href: "#" },
])}`,
});

const codeMain = html`${notice({
  tone: "warn",
  icon: "clock",
  title: "Your phone’s clock is about 3 minutes behind",
  body: "The code was right three minutes ago. Let your phone set its own time, then type the next code.",
  role: "alert",
})}${form({
  action: "#",
  layout: "after",
  content: html`${field({ id: "code", label: "Code", hint: "Six digits.", error: "Type the next code when the clock is right.", code: true })}${actions(button({ label: t("common:sign-in") }), link({ href: "#", label: t("common:try-another-way") }))}`,
})}`;

const recoverMain = form({
  action: "#",
  content: html`${field({ id: "email", label: "Your e-mail at the university", type: "email", autocomplete: "username" })}
${choices({
  name: "way",
  legend: "What happened?",
  pick: "one",
  choices: [
    { value: "password", label: "I forgot my password", hint: "We send a link to your e-mail." },
    { value: "mfa", label: "My phone or app is gone", asks: true, checked: true },
  ],
})}
${choices({
  name: "proof",
  legend: "How do you prove who you are?",
  pick: "one",
  asked: true,
  error: "Choose one of these.",
  choices: [
    { value: "eid", label: "Bank authentication" },
    { value: "passport", label: "Passport and face", hint: "Needs a passport with a chip." },
  ],
})}
${select({
  id: "category",
  label: "Category",
  options: [
    { value: "staff", label: "Staff" },
    { value: "guest", label: "Guest", selected: true },
  ],
})}
${textArea({ id: "reason", label: "Reason", required: false })}
${actions(button({ label: t("common:continue") }), button({ label: t("common:cancel"), look: "quiet" }), button({ label: t("common:remove"), look: "danger" }))}`,
});

async function linkMain() {
  const picture = await qr("otpauth://totp/Havula:aino?secret=JBSWY3DPEHPK3PXP&issuer=Havula", "QR code");
  const steps = guide([
    "Open the authenticator app on your phone.",
    html`<p><b>Scan this code.</b></p>${pair(picture, html`<p class="small">Or type this key.</p>${keyInGroups("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")}`)}`,
    form({
      action: "#",
      content: html`${field({ id: "code", label: "Type the code that the app shows", code: true })}${actions(button({ label: "Link the app" }))}`,
    }),
  ]);
  const content = html`<p>Enter its serial number and a code.</p>${form({ action: "#", content: field({ id: "serial", label: "Serial number" }) })}`;
  return html`${steps}${folded({ summary: "I have a hardware token", content, open: true })}`;
}

const checksMain = html`${checks([
  { state: "passed", title: "A certificate arrived", note: "Serial number ending 8F 2C", word: "Passed" },
  { state: "failed", title: "Made for authentication", note: "You chose the signature certificate.", word: "Failed" },
  { state: "advice", title: "Card software", note: "Version 4.4 asks in Swedish too.", word: "Advice" },
  { state: "under-way", title: "Microsoft 365", note: "1 of 2 methods removed", word: "Under way" },
  { state: "waiting", title: "Remote desktop", word: "Waiting" },
])}${actions(linkButton({ href: "#", label: "Test again" }))}`;

const accountMain = html`${notice({ tone: "good", icon: "pass", title: "The app is linked", role: "status", wide: true })}
${part({
  id: "m",
  heading: "Methods",
  note: "Remove a method only after you have another.",
  content: form({
    action: "#",
    content: rows([
      {
        icon: "app",
        title: "Authenticator app",
        note: "Linked 14 March 2026.",
        end: link({ href: "#", label: "Test", about: "the app" }),
      },
      { icon: "laptop", title: "Firefox, Rovaniemi", note: "This browser.", end: tag("good", "Now") },
      {
        icon: "phone",
        title: "Safari, Oulu",
        end: button({ label: "End", about: "the session on iPhone", look: "quiet", small: true }),
      },
    ]),
  }),
})}
${part({ id: "p", heading: "What happened lately", content: events([{ when: "Today 8:12", what: "Signed in", detail: "Firefox on Windows" }]) })}
${part({
  id: "d",
  heading: "Your data",
  content: facts([
    ["User name", "ainovir"],
    ["Reference", referenceNumber("K7M-2PX-94")],
  ]),
})}
${helpSection("Wasn’t it you?", "Freeze the account at once.")}`;

const people = [
  { name: "Aino Virtanen", state: tag("good", "Activated"), sent: 1, bad: false },
  { name: "Mikael Öhman", state: tag("bad", "Delivery failed"), sent: 12, bad: true },
];
const tableMain = html`${figures([
  { name: "Rows", value: "1,204", note: "heading not counted" },
  { name: "With errors", value: 4, bad: true },
])}
${table({
  caption: "1–2 of 248",
  items: people,
  isBad: (person) => person.bad,
  columns: [
    { heading: "Person", cell: (person) => html`<a href="#">${person.name}</a>` },
    { heading: "State", cell: (person) => person.state },
    { heading: "Sent", cell: (person) => person.sent, figures: true },
  ],
})}`;
