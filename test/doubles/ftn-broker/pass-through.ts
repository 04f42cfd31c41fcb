import { readPage } from "../../harness/read-page.ts";

export type Choice = Readonly<{ person: string; means?: string } | { cancel: true }>;

/** Where the browser was led back to, and with what; or the page on which the broker refused. */
export type CameBack = Readonly<{ url: string; answer: Readonly<Record<string, string>> }>;

/**
 * Does at the broker what a person does in a browser without script or cookies: opens `url`, chooses a means if the broker
 * asks for one, then who they are. Throws when the broker shows a page of refusal instead.
 */
export const passThrough = async (url: string, choice: Choice): Promise<CameBack> =>
  answerBroker(url, await fetch(url, { redirect: "manual" }), choice);

/** The same from `answer` on, which the broker at `url` gave. */
export async function answerBroker(url: string, first: Response, choice: Choice): Promise<CameBack> {
  let answer = first;
  for (let pages = 0; pages < 3; pages += 1) {
    const location = answer.headers.get("location");
    if (location) {
      const { href, searchParams } = new URL(location);
      return { url: href, answer: Object.fromEntries(searchParams) };
    }
    const page = readPage(await answer.text());
    const form = page.forms[0];
    if (!form) throw new Error(`the broker refused (${answer.status}): ${page.text}`);
    const offers = (name: string) => form.buttons.some((button) => button.name === name);
    const press =
      "cancel" in choice
        ? { cancel: "yes" }
        : offers("means")
          ? { means: choice.means ?? form.buttons[0]?.value ?? "" }
          : { person: choice.person };
    const body = new URLSearchParams({ ...form.fields, ...press });
    answer = await fetch(new URL(form.action, url), { method: "POST", body, redirect: "manual" });
  }
  throw new Error("the broker keeps asking");
}
