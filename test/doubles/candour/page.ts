import type { TestDocument } from "./documents.ts";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const page = (heading: string, content: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(heading)}</title>` +
  `<meta name="viewport" content="width=device-width"></head><body><h1>${escaped(heading)}</h1>${content}</body></html>`;

const button = (value: string, label: string) => `<button name="act" value="${value}">${escaped(label)}</button>`;

/** Where a person shows a document and their face: a press stands for both. */
export const invitationPage = (invitation: string, documents: readonly TestDocument[]) =>
  page(
    "Verify your identity",
    `<form method="post" action="/invitation"><input type="hidden" name="invitationGuid" value="${escaped(invitation)}">${[
      ...documents.map(({ id, firstName, lastName }) => button(`show ${id}`, `${firstName} ${lastName} (${id})`)),
      button("stranger", "Another face than the picture"),
      button("phone", "Go on on the phone"),
      button("cancel", "Cancel"),
    ].join("<br>")}</form>`,
  );

export const closedPage = () => page("This invitation is closed", "<p>It was used, or is too old.</p>");
