import { type CodeParameters, usualParameters } from "./code.ts";

/**
 * The address behind the QR code (Key URI Format of Google Authenticator). `key` is in Base32. The name of the account is
 * the organisation's choice (USR-2); a colon would end the issuer, so it becomes a space.
 */
export function keyUri(token: { key: string; issuer: string; account: string; parameters?: CodeParameters }): string {
  const { algorithm, digits, period } = token.parameters ?? usualParameters;
  const issuer = labelPart(token.issuer);
  const account = labelPart(token.account);
  const label = issuer ? `${percent(issuer)}:${percent(account)}` : percent(account);
  const query = [
    `secret=${token.key.replace(/[\s=]/gu, "")}`,
    ...(issuer ? [`issuer=${percent(issuer)}`] : []),
    `algorithm=${algorithm}`,
    `digits=${digits}`,
    `period=${period}`,
  ];
  return `otpauth://totp/${label}?${query.join("&")}`;
}

/** A Base32 key in groups of four, as people copy it. */
export const groupsOfFour = (key: string): string => (key.replace(/[\s=]/gu, "").match(/.{1,4}/gu) ?? []).join(" ");

const labelPart = (text: string): string =>
  [
    ...text
      .normalize("NFC")
      .replace(/[\p{C}\s:]+/gu, " ")
      .trim(),
  ]
    .slice(0, 100)
    .join("");

const percent = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/gu, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
