import type { Language } from "../../../kernel/language.ts";
import { formatDate, type Key, type Translate } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Check,
  type Content,
  checks,
  facts,
  form,
  helpSection,
  html,
  link,
  linkButton,
  rows,
} from "../../../platform/pages/index.ts";
import type {
  CertificateCheck,
  CertificateFacts,
  CertificateRefusal,
  CheckName,
} from "../../../ports/certificate-checker.ts";
import type { StepPage } from "../../journey/index.ts";
import { steps } from "./pages.ts";
import type { Shown } from "./seals.ts";
import { judgeShown } from "./trouble.ts";

type View = Readonly<{ t: Translate; language: Language }>;

/** USR-5: open to anybody; one button leads to the card listener. */
export function testPage({ t }: View, { fields }: { fields: Readonly<Record<string, string>> }): StepPage {
  const posts = form({
    action: "/test/certificate",
    fields,
    content: actions(button({ label: t("certificate:test-do"), icon: "card" })),
  });
  return {
    title: t("certificate:test"),
    lede: t("certificate:test-lede"),
    main: html`${steps({ t }, "certificate:test-do")}${posts}`,
    help: [
      helpSection(t("certificate:tested"), t("certificate:tested-what")),
      helpSection(t("certificate:error-page"), t("certificate:error-page-do")),
    ],
  };
}

/** Where no cards are configured. */
export const testOffPage = ({ t }: View): StepPage => ({
  title: t("certificate:test-off"),
  lede: t("certificate:test-off-do"),
  main: actions(linkButton({ href: "/sign-in", label: t("common:sign-in") })),
  help: null,
});

/** What came, and each check with what to do about it. Nothing in it depends on accounts. */
export function testedPage(view: View, shown: Shown): StepPage {
  const { t } = view;
  const { report } = shown;
  const good = !("trouble" in judgeShown(shown));
  const list = report && [
    ...report.checks.map((check) => line(view, check, report.certificate)),
    ...(shown.vouched ? [] : [notVouched(view)]),
  ];
  return {
    title: t(!report ? "certificate:none" : good ? "certificate:test-good" : "certificate:test-bad"),
    lede: t(!report ? "certificate:none-lede" : good ? "certificate:test-good-lede" : "certificate:test-bad-lede"),
    main: html`${list ? checks(list) : questionsOfNone(view)}${report?.certificate && factsOf(view, report.certificate)}${actions(
      linkButton({ href: "/test/certificate", label: t("certificate:test-again") }),
      link({ href: "/sign-in", label: t("certificate:test-other-way") }),
    )}`,
    help: [
      helpSection(t("certificate:tested"), t("certificate:tested-what")),
      helpSection(t("certificate:remembers"), t("certificate:remembers-do")),
      report && helpSection(t("certificate:once"), t("certificate:once-why")),
    ],
  };
}

const questionsOfNone = ({ t }: View): Content =>
  rows([
    { icon: "card", title: t("certificate:is-in"), note: t("certificate:is-in-do") },
    { icon: "lock", title: t("certificate:is-pin"), note: t("certificate:is-pin-do") },
    { icon: "laptop", title: t("certificate:is-software"), note: t("certificate:is-software-do") },
  ]);

const titles = {
  readable: "certificate:check-readable",
  issuer: "certificate:check-issuer",
  chain: "certificate:check-chain",
  validity: "certificate:check-validity",
  "key-usage": "certificate:check-key-usage",
  policy: "certificate:check-policy",
  algorithm: "certificate:check-algorithm",
  revocation: "certificate:check-revocation",
} as const satisfies Record<CheckName, Key>;

const advice = {
  unreadable: "certificate:advice-unreadable",
  "unknown-issuer": "certificate:advice-not-accepted",
  forged: "certificate:advice-not-accepted",
  "ca-certificate": "certificate:advice-not-accepted",
  "unknown-extension": "certificate:advice-not-accepted",
  "chain-broken": "certificate:advice-chain",
  expired: "certificate:expired-lede",
  "not-yet-valid": "certificate:not-yet-valid-lede",
  "signature-certificate": "certificate:advice-signature",
  "not-for-sign-in": "certificate:advice-not-accepted",
  "wrong-policy": "certificate:advice-not-accepted",
  "weak-algorithm": "certificate:expired-lede",
  revoked: "certificate:expired-lede",
  "issuer-revoked": "certificate:advice-chain",
  "status-unknown": "certificate:advice-unchecked",
  "status-unavailable": "certificate:advice-unchecked",
} as const satisfies Record<CertificateRefusal, Key>;

function line(view: View, check: CertificateCheck, certificate: CertificateFacts | null): Check {
  const { t } = view;
  const title = t(titles[check.name]);
  if (check.state === "failed")
    return { state: "failed", title, note: t(advice[check.reason]), word: t("certificate:failed") };
  if (check.state === "skipped") return { state: "waiting", title, word: t("certificate:skipped") };
  const note = certificate && noteOf(view, check.name, certificate);
  return { state: "passed", title, ...(note && { note }), word: t("certificate:passed") };
}

/** What the check looked at, where that says something to people. */
function noteOf(view: View, name: CheckName, certificate: CertificateFacts): string | null {
  if (name === "readable") return certificate.subject.commonName;
  if (name === "issuer") return certificate.issuer;
  return name === "validity" ? validity(view, certificate) : null;
}

const notVouched = ({ t }: View): Check => ({
  state: "failed",
  title: t("certificate:check-readable"),
  note: t("certificate:proxy-refused"),
  word: t("certificate:failed"),
});

function factsOf(view: View, certificate: CertificateFacts): Content {
  const { t } = view;
  const { subject, issuer, serial } = certificate;
  const named = [subject.surname, subject.givenName].filter(Boolean).join(" ");
  const organisation = subject.organisation;
  return facts(
    [
      [t("certificate:holder"), named || (subject.commonName ?? "")],
      ...(organisation ? [[t("certificate:organisation"), organisation] as const] : []),
      [t("certificate:issuer"), issuer],
      [t("certificate:serial"), html`<span class="ref">${serial}</span>`],
      [t("certificate:validity"), validity(view, certificate)],
    ],
    "panel",
  );
}

const validity = ({ language }: View, { notBefore, notAfter }: CertificateFacts): string =>
  `${formatDate(notBefore, language, "long")} – ${formatDate(notAfter, language, "long")}`;
