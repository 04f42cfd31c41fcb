import assert from "node:assert/strict";
import { test } from "node:test";
import { translator } from "../i18n/index.ts";
import { attributes, type Content, html, raw } from "./html.ts";
import { richText } from "./rich-text.ts";

test("text is escaped in text and attributes alike", () => {
  const text = `<img src=x onerror=alert(1)> & "double" 'single' \`back\``;
  const escaped = "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;double&quot; &#39;single&#39; &#96;back&#96;";
  assert.equal(html`<p title="${text}">${text}</p>`.toString(), `<p title="${escaped}">${escaped}</p>`);
  assert.equal(attributes({ title: text }).toString(), ` title="${escaped}"`);
});

test("fragments stay as they are, lists are joined, nothing stands for what is absent", () => {
  const content: Content[] = [html`<b>${"&"}</b>`, raw("<i></i>"), 7, "", null, undefined, false, [html`<u></u>`]];
  assert.equal(html`<p>${content}</p>`.toString(), "<p><b>&amp;</b><i></i>7<u></u></p>");
});

test("an object that only looks like a fragment is not one", () => {
  const forged = JSON.parse('{"markup":"<b>","toString":"<b>"}');
  assert.throws(() => html`<p>${forged}</p>`);
});

test("an unquoted attribute is refused, as no escaping holds there", () => {
  assert.throws(() => html`<a href=${"x"}>`, /quotes/);
  assert.equal(html`<a${attributes({ href: "x", hidden: true, lang: undefined })}>`.toString(), '<a href="x" hidden>');
});

test("a sentence takes markup in its placeholders and escapes the rest", () => {
  const sentence = richText(translator("en"), "common:step", { at: html`<b>1</b>` }, { of: "<3>" });
  assert.equal(sentence.toString(), "Step <b>1</b> of &lt;3&gt;");
});

test("a short word is not torn at its hyphen, and whatever is no word stays as it is", () => {
  const whole = (word: string) => `<span class="nowrap">${word}</span>`;
  const kept = (text: string) => html`<p>${text}</p>`.toString();
  assert.equal(kept("Din e-post\u00ADadress."), `<p>Din ${whole("e-post")}\u00ADadress.</p>`);
  assert.equal(kept("Sign-in by QR-kod"), `<p>${whole("Sign-in")} by ${whole("QR-kod")}</p>`);
  for (const text of [
    "a-b@c.fi",
    "www.e-post.fi",
    "/sign-in",
    "AHM-QJW-07",
    "Suomi.fi-tunnistus",
    "cross-border",
    `a-${"b".repeat(300)}`,
  ])
    assert.equal(kept(text), `<p>${text}</p>`);
});

test("no markup in an attribute, a title or a field, and no soft hyphen in a label", () => {
  assert.equal(
    html`<title>${"E-post"}</title><a title="x ${"e-post"}"><textarea>${"e-post"}</textarea></a>`.toString(),
    '<title>E-post</title><a title="x e-post"><textarea>e-post</textarea></a>',
  );
  assert.equal(attributes({ "aria-label": "E-post\u00ADadress" }).toString(), ' aria-label="E-postadress"');
});
