import { localised } from "../../kernel/language.ts";
import { formatDateTime, formatList, type Translate } from "../../platform/i18n/index.ts";
import {
  button,
  type Content,
  facts,
  form,
  type Html,
  html,
  type IconName,
  link,
  linkButton,
  notice,
  part,
  type Row,
  richText,
  rows,
  supportContacts,
  tag,
} from "../../platform/pages/index.ts";
import type { Authenticator, Method } from "../journey/index.ts";
import { formatPhone, homeOf, permittedMethods } from "../organisations/index.ts";
import type { Session } from "../sessions/index.ts";
import { shortNetwork } from "./event-words.ts";
import { eventList } from "./events-page.ts";
import type { Frame } from "./frame.ts";
import { methodName } from "./method-name.ts";
import { formatPosition, type Overview } from "./overview.ts";
import { lettingIn, removalOf } from "./remove-method.ts";

/** What the last post did: shown once above the parts. */
export type Done = "password" | "session" | "others" | "linked" | "removed" | null;

type Shown = Overview & Readonly<{ methods: readonly Method[]; done: Done }>;

/** USR-1: methods, sessions, what happened lately, who one is. */
export function overviewPage(frame: Frame, shown: Shown): { title: string; lede: string; main: Html; beside?: Html } {
  const { t, account, organisation, language } = frame;
  const home = homeOf(account, organisation);
  return {
    title: t("account:title"),
    lede: t("account:signed-in-as", { name: account.userName }),
    main: html`${doneNotice(shown.done, t)}${missingNotice(frame, shown)}${methodsPart(frame, shown)}${linkablePart(frame, shown)}${sessionsPart(frame, shown.sessions)}${latelyPart(frame, shown)}${whoPart(frame, shown)}${helpPart(frame)}`,
    ...(home && {
      beside: linkButton({
        href: home.url,
        label: t("account:go-to", { app: localised(home.name, language) }),
        look: "quiet",
        small: true,
      }),
    }),
  };
}

function doneNotice(done: Done, t: Translate): Content {
  if (!done) return null;
  const [title, body] = {
    password: [t("account:password-changed"), t("account:password-changed-what")],
    session: [t("account:session-ended"), null],
    others: [t("account:others-ended"), null],
    linked: [t("account:method-linked"), t("account:method-linked-what")],
    removed: [t("account:method-removed"), t("account:method-removed-what")],
  }[done];
  return notice({ tone: "good", icon: "pass", title, body, role: "status", wide: true });
}

/** Nothing that is linked lets in any more: the organisation's rules have changed since. */
function missingNotice(frame: Frame, { methods, authenticators }: Shown): Content {
  const { t, language } = frame;
  const permitted = lettingIn(methods, frame);
  if (authenticators.some(({ method }) => permitted.includes(method))) return null;
  const names = methods.filter(({ name }) => permitted.includes(name)).map(({ words }) => t(words.name));
  return notice({
    tone: "warn",
    icon: "warn",
    title: t("account:missing"),
    body: t("account:missing-do", {
      methods: formatList(names, language, "or"),
      context: names.length === 0 ? "none" : "",
    }),
    wide: true,
  });
}

function methodsPart(frame: Frame, shown: Shown): Html {
  const { t } = frame;
  return part({
    id: "methods",
    heading: t("account:methods"),
    note: t("account:methods-note"),
    content: rows(shown.authenticators.map((authenticator) => methodRow(frame, authenticator, shown))),
  });
}

function methodRow(frame: Frame, authenticator: Authenticator, shown: Shown): Row {
  const { methods, passwordChangedAt } = shown;
  const { t, language, fields } = frame;
  const isPassword = authenticator.method === "password";
  const method = methods.find(({ name }) => name === authenticator.method);
  const name = methodName(authenticator, methods, t);
  const when = (instant: Date) => formatDateTime(instant, language);
  const lines = [
    isPassword
      ? t("account:chosen", { date: when(passwordChangedAt ?? authenticator.linkedAt) })
      : t("account:linked", { date: when(authenticator.linkedAt) }),
    authenticator.lastUsedAt ? t("account:last-used", { date: when(authenticator.lastUsedAt) }) : t("account:not-used"),
  ];
  const change = form({
    action: "/account/password",
    fields,
    content: button({ label: t("account:change"), look: "quiet", small: true, about: name }),
  });
  const removing = removal(frame, authenticator, shown, name);
  const test = link({ href: "/test/code", label: t("account:test"), about: name });
  const links = [authenticator.method === "totp" && test, removing.end].filter(Boolean);
  return {
    icon: isPassword ? "password" : (method?.icon ?? "lock"),
    title: name,
    note: html`${lines.join(" ")}${removing.note && html` ${removing.note}`}`,
    end: isPassword ? change : links.length > 0 && html`<div class="row">${links}</div>`,
  };
}

/** USR-6: a way to remove it, or who can. */
function removal(
  frame: Frame,
  { id }: Authenticator,
  { methods, authenticators }: Shown,
  name: string,
): { end?: Content; note?: Content } {
  const { t, organisation } = frame;
  const verdict = removalOf(methods, frame, authenticators, id);
  if (verdict === "no-such-method") return {};
  if (verdict === "removable")
    return { end: link({ href: `/account/remove/${id}`, label: t("account:remove"), about: name }) };
  const label = t("account:support");
  const support = organisation.support.length > 0 ? link({ href: "#help", label }) : html`${label}`;
  return { note: richText(t, verdict === "last" ? "account:remove-last" : "account:remove-by-support", { support }) };
}

/** USR-4: methods that the organisation permits and that the person can link by themselves. */
function linkablePart({ t, fields, account, organisation }: Frame, { methods, authenticators }: Shown): Content {
  const linkable = permittedMethods(organisation.policy, account.category)
    .flatMap((name) => methods.find((method) => method.name === name) ?? [])
    .filter(({ name, several }) => several || !authenticators.some(({ method }) => method === name))
    .filter(({ link: steps, isOffered }) => steps.length > 0 && (isOffered?.(organisation) ?? true));
  if (linkable.length === 0) return null;
  const row = ({ name, icon, words }: Method): Row => ({
    icon,
    title: t(words.link),
    note: t(words.linkNote),
    end: form({
      action: "/account/link",
      fields: { ...fields, method: name },
      content: button({ label: t("account:link"), look: "quiet", small: true, about: t(words.link) }),
    }),
  });
  const heading = t("account:can-link");
  return part({ id: "can-link", heading, note: t("account:can-link-note"), content: rows(linkable.map(row)) });
}

function sessionsPart(frame: Frame, sessions: readonly Session[]): Html {
  const { t, fields, session: own } = frame;
  const others = form({
    action: "/account/sessions/end-others",
    fields,
    layout: "after",
    content: button({ label: t("account:end-others"), look: "quiet" }),
  });
  return part({
    id: "sessions",
    heading: t("account:sessions"),
    note: t("account:sessions-note"),
    content: html`${rows(sessions.map((session) => sessionRow(frame, session)))}${sessions.some(({ uid }) => uid !== own.uid) && others}`,
  });
}

function sessionRow(frame: Frame, session: Session): Row {
  const { t, language, fields } = frame;
  const isOwn = session.uid === frame.session.uid;
  const browser = session.browser || t("account:unknown-browser");
  const lines = [
    t("account:since", { date: formatDateTime(session.createdAt, language) }),
    !isOwn && t("account:last-used", { date: formatDateTime(session.lastUsedAt, language) }),
    shortNetwork(session.network) && t("account:network", { network: shortNetwork(session.network) }),
  ];
  const end = form({
    action: "/account/sessions/end",
    fields: { ...fields, uid: session.uid },
    content: button({ label: t("account:end"), look: "quiet", small: true, about: browser }),
  });
  return {
    icon: deviceIcon(session.browser),
    title: browser,
    note: lines.filter(Boolean).join(" "),
    end: isOwn ? tag("good", t("account:this-browser")) : end,
  };
}

const deviceIcon = (browser: string): IconName => (/iPhone|iPad|Android/.test(browser) ? "phone" : "laptop");

function latelyPart(frame: Frame, { lately }: Shown): Html {
  const { t } = frame;
  const more =
    lately.next &&
    html`<p class="after">${link({ href: `/account/events?before=${formatPosition(lately.next)}`, label: t("account:earlier") })}</p>`;
  return part({
    id: "lately",
    heading: t("account:lately"),
    note: t("account:not-you"),
    content: html`${eventList(frame, lately.events)}${more}`,
  });
}

function whoPart({ t, language, account, organisation }: Frame, { identityCode }: Overview): Html {
  return part({
    id: "who",
    heading: t("account:who"),
    note: t("account:who-note"),
    content: facts([
      [t("account:name"), `${account.givenName} ${account.familyName}`],
      [t("account:user-name"), account.userName],
      [t("account:email"), account.email],
      ...(account.phone ? ([[t("account:phone"), formatPhone(account.phone)]] as const) : []),
      ...(identityCode
        ? ([
            [t("account:identity-code", { context: identityCode.country.toLowerCase() }), identityCode.masked],
          ] as const)
        : []),
      [t("account:organisation"), localised(organisation.name, language)],
    ]),
  });
}

function helpPart({ t, language, organisation }: Frame): Content {
  if (organisation.support.length === 0) return null;
  const content = html`<div class="stack">${supportContacts(organisation.support, language)}</div>`;
  return part({ id: "help", heading: t("common:help"), content });
}
