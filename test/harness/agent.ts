import { type Agent, type Answer, makeAgent } from "./browser-agent.ts";
import { type Form, readPage } from "./read-page.ts";

/** What a person has before them: the page, or the address elsewhere that the last answer led to. */
export type Page = ReturnType<typeof readPage> &
  Readonly<{ status: number; url: string; path: string; headers: Headers; html: string; leadsTo: string | null }>;

export type Visitor = ReturnType<typeof makeVisitor>;

const loopback = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]/;

/**
 * A person with a browser that runs no script: it keeps cookies by host, follows redirects while they stay on this
 * machine, and fills in forms as they stand on the page.
 */
export function makeVisitor(origin: string, given: Readonly<Record<string, string>> = {}) {
  const headers = { "accept-language": "en", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", ...given };
  const jars = new Map<string, Agent>();
  let page: Page | undefined;

  const jarOf = (url: string): Agent => {
    const { origin: at, hostname } = new URL(url);
    const jar = jars.get(hostname) ?? makeAgent(at);
    jars.set(hostname, jar);
    return jar;
  };

  async function follow(url: string, init: RequestInit): Promise<Page> {
    let answer: Answer = await jarOf(url).send(url, { ...init, headers: { ...headers, ...init.headers } });
    for (let hops = 0; answer.location && loopback.test(answer.location) && hops < 15; hops += 1)
      answer = await jarOf(answer.location).send(answer.location, { headers });
    const { pathname, search } = new URL(answer.url);
    page = {
      ...readPage(answer.text),
      status: answer.status,
      url: answer.url,
      path: pathname + search,
      headers: answer.headers,
      html: answer.text,
      leadsTo: answer.location,
    };
    return page;
  }

  const current = (): Page => {
    if (!page) throw new Error("nothing was opened yet");
    return page;
  };
  const get = (path: string): Promise<Page> => follow(new URL(path, page?.url ?? origin).href, {});

  return {
    page: current,
    get,
    /** Clicks the link with this label. */
    click: (label: string): Promise<Page> => {
      const found = current().links.find((link) => link.label.includes(label));
      if (!found) throw new Error(`no link "${label}" on ${describe(current())}`);
      return get(found.href);
    },
    /** Fills in and posts the form that has these fields (and this button), as it stands on the page. */
    submit: (fields: Readonly<Record<string, string>> = {}, button?: string): Promise<Page> => {
      const before = current();
      return follow(...postOf(before, formWith(before, fields, button), fields, button));
    },
    /** Posts to an address what no page offered. */
    post: (path: string, fields: Readonly<Record<string, string>> = {}, init: RequestInit = {}): Promise<Page> =>
      follow(new URL(path, origin).href, { method: "POST", body: new URLSearchParams(fields), ...init }),
    /** What the form of the present page carries besides what a person types. */
    hidden: (fields: Readonly<Record<string, string>> = {}): Record<string, string> => ({
      ...formWith(current(), fields).fields,
    }),
    cookies: (host = new URL(origin).hostname) => jars.get(host)?.cookies() ?? [],
    restore: (kept: ReturnType<Agent["cookies"]>) => jarOf(origin).restore(kept),
  };
}

function formWith(page: Page, fields: Readonly<Record<string, string>>, button?: string): Form {
  const has = (form: Form) => Object.keys(fields).every((name) => name in form.fields);
  const found = page.forms.find((form) => has(form) && (button === undefined || buttonOf(form, button)));
  if (!found) throw new Error(`no form with ${Object.keys(fields).join(", ")} ${button ?? ""} on ${describe(page)}`);
  return found;
}

const buttonOf = (form: Form, label?: string) =>
  form.buttons.find((button) => label === undefined || button.label.includes(label) || button.value === label);

function postOf(
  page: Page,
  form: Form,
  fields: Readonly<Record<string, string>>,
  label?: string,
): [string, RequestInit] {
  const button = buttonOf(form, label);
  const filled = { ...form.fields, ...fields, ...(button?.name && { [button.name]: button.value }) };
  const target = new URL(form.action, page.url);
  if (form.method === "get") return [`${target.href.split("?")[0]}?${new URLSearchParams(filled)}`, {}];
  return [target.href, { method: "POST", body: new URLSearchParams(filled) }];
}

/** For a failed test: what was there instead. */
export const describe = (page: Page): string =>
  `${page.status} ${page.path} "${page.heading}"${page.leadsTo ? ` → ${page.leadsTo}` : ""}, forms: ${page.forms
    .map(({ action, fields, buttons }) => `${action} [${Object.keys(fields)}] (${buttons.map(({ label }) => label)})`)
    .join("; ")}, errors: ${page.alerts.join(" | ")}`;
