import { type Content, type Html, html } from "../../platform/pages/index.ts";

/** A message's text with its paragraphs, its addresses as links, and in a text message its code standing out. */
export function messageText(text: string, channel: "email" | "sms"): Html {
  const paragraphs = text.trim().split(/\n{2,}/);
  return html`${paragraphs.map((paragraph) => html`<p>${lines(paragraph, channel)}</p>`)}`;
}

const lines = (paragraph: string, channel: "email" | "sms"): Content =>
  paragraph.split("\n").map((line, index) => [index > 0 && html`<br>`, marked(line, channel)]);

/** An address ends before the sign that ends its sentence. */
const parts = /(https?:\/\/[^\s<>"]+[^\s<>".,:;!?)])|\b(\d{6})\b/g;

function marked(line: string, channel: "email" | "sms"): Content {
  const found: Content[] = [];
  let done = 0;
  for (const match of line.matchAll(parts)) {
    const [all, url, code] = match;
    if (code && channel === "email") continue;
    found.push(line.slice(done, match.index));
    found.push(url ? html`<a href="${url}">${url}</a>` : html`<b class="mono">${all}</b>`);
    done = match.index + all.length;
  }
  return [...found, line.slice(done)];
}
