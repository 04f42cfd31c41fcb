import { translator } from "../../../platform/i18n/index.ts";
import { type Html, html, raw } from "../../../platform/pages/html.ts";
import { ground, readableColour } from "./colour.ts";
import { contactFor, type Frame, organisationName } from "./texts.ts";

/** An e-mail: the same words as text and as HTML. */
export type Letter = { subject: string; text: string; html: string };

/** A part of a letter; `link` is a button, with its address below for those whose button does nothing. */
export type Part =
  | { is: "paragraph" | "small" | "strong"; text: string }
  | { is: "link"; url: string; label: string; copy: string };

type Draft = {
  subject: string;
  /** What the list of messages shows beside the subject. */
  preheader: string;
  heading: string;
  parts: readonly Part[];
  /** The kinds of support contact to name, the most fitting first. */
  support: readonly string[];
};

// Written out on every element, since mail programs drop style sheets.
const font = raw("font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif;");
const ink = "#13201d";
const muted = "#52605b";

/** Both forms of a letter: tables and inline styles, system fonts, no pictures, nothing that tells it was opened. */
export function letter(draft: Draft, frame: Frame): Letter {
  return { subject: draft.subject, text: asText(draft, frame), html: asHtml(draft, frame).toString() };
}

function asText({ parts, support }: Draft, frame: Frame): string {
  const body = parts.map((part) => (part.is === "link" ? `${part.url}\n` : `${part.text}\n`)).join("\n");
  return `${body}\n-- \n${[organisationName(frame), ...footer(support, frame).lines].join("\n")}\n`;
}

function footer(support: readonly string[], frame: Frame) {
  const t = translator(frame.language);
  const contact = contactFor(support, frame);
  const ways = [contact?.phone, contact?.email, contact?.hours].filter((way) => typeof way === "string");
  const neverAsk = t("messages:never-ask");
  const line = `${t("common:support")}: ${ways.join(", ")}`;
  return { contact, lines: ways.length > 0 ? [line, neverAsk] : [neverAsk] };
}

function asHtml(draft: Draft, frame: Frame): Html {
  const colour = readableColour(frame.letterhead.brandColour);
  const name = organisationName(frame);
  const table = raw('role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"');
  return html`<!doctype html>
<html lang="${frame.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><meta name="supported-color-schemes" content="light"><title>${draft.subject}</title></head>
<body style="margin:0;padding:0;background:${ground};">
<div style="display:none;max-height:0;overflow:hidden;">${draft.preheader}</div>
<table ${table} bgcolor="${ground}"><tr><td align="center" style="padding:24px 12px;">
${raw('<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0"><tr><td><![endif]-->')}
<table ${table} style="max-width:560px;">
<tr><td style="${font}padding:0 8px 16px;font-size:16px;line-height:22px;font-weight:700;color:${colour};">${name}</td></tr>
<tr><td bgcolor="#ffffff" style="padding:32px 28px 20px;border-top:4px solid ${colour};">
<h1 style="${font}margin:0 0 16px;font-size:26px;line-height:32px;font-weight:700;color:${ink};">${draft.heading}</h1>
${draft.parts.map((part) => partHtml(part, colour))}</td></tr>
<tr><td style="${font}padding:20px 8px;font-size:14px;line-height:21px;color:${muted};">${footerHtml(draft.support, frame)}</td></tr></table>
${raw("<!--[if mso]></td></tr></table><![endif]-->")}
</td></tr></table>
</body></html>
`;
}

function partHtml(part: Part, colour: string): Html {
  if (part.is === "link") return linkHtml(part, colour);
  const [size, shade] = part.is === "small" ? ["15px;line-height:23px", muted] : ["17px;line-height:26px", ink];
  const weight = part.is === "strong" ? "font-weight:700;" : "";
  return html`<p style="${font}${weight}margin:0 0 16px;font-size:${size};color:${shade};">${part.text}</p>
`;
}

const linkHtml = ({ url, label, copy }: Extract<Part, { is: "link" }>, colour: string): Html =>
  html`<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="${colour}" style="border-radius:6px;"><a href="${url}" style="${font}display:inline-block;padding:15px 28px;font-size:17px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;">${label}</a></td></tr></table>
<p style="${font}margin:16px 0 24px;font-size:15px;line-height:23px;color:${muted};">${copy}<br><a href="${url}" style="color:${colour};word-break:break-all;">${url}</a></p>
`;

function footerHtml(support: readonly string[], frame: Frame): Html {
  const { contact, lines } = footer(support, frame);
  const link = (href: string, text: string) => html`<a href="${href}" style="color:${muted};">${text}</a>`;
  const ways = [
    contact?.phone && link(`tel:${contact.phone.replace(/[^+\d]/g, "")}`, contact.phone),
    contact?.email && link(`mailto:${contact.email}`, contact.email),
    contact?.hours,
  ].filter((way) => way);
  if (ways.length === 0) return html`${lines[0]}`;
  const joined = ways.flatMap((way, index) => (index === 0 ? [way] : [", ", way]));
  return html`${translator(frame.language)("common:support")}: ${joined}<br>${lines.at(-1)}`;
}
