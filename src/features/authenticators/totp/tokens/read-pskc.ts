import { parsePlainXml } from "../../../../platform/xml/index.ts";
import { type Problem, problem } from "../../../organisations/index.ts";
import type { BrokenLine, Entry, Flaw } from "../domain/token-entry.ts";
import { attribute, children, find, lineOf, textAt } from "./pskc-xml.ts";
import { type Unlock, unlockSecrets } from "./unlock-pskc.ts";

export type ReadTokens = { entries: readonly (Entry | BrokenLine)[] } | { problems: readonly Problem[] };

/** RFC 6030, and the drafts before it by which some vendors still write. */
const namespaces = ["urn:ietf:params:xml:ns:keyprov:pskc", "urn:ietf:params:xml:ns:keyprov:pskc:1.0"];
const timeBased = /^(?:urn:ietf:params:xml:ns:keyprov:pskc|http:\/\/www\.ietf\.org\/keyprov\/pskc)[:#]totp$/;
/** Some 10,000 tokens. */
const limits = { depth: 32, elements: 250_000, attributes: 250_000 };

const notPskc = problem(
  "file",
  "not-pskc",
  "It is no PSKC file (RFC 6030), has a document type, or has too many tokens for one file.",
);
const flaw = (field: string, reason: string, says: string): Flaw => ({ field, reason, says });

/** The tokens of a PSKC file (RFC 6030): time-based ones, their secrets plain or encrypted by a shared key or a password. */
export function readPskc(text: string, unlock: Unlock): ReadTokens {
  const root = parsePlainXml(withoutComments(text), limits);
  if (root?.localName !== "KeyContainer" || !namespaces.includes(root.namespaceURI ?? ""))
    return { problems: [notPskc] };
  const secrets = unlockSecrets(root, unlock);
  if ("reason" in secrets) return { problems: [secrets] };
  const entries = children(root, "KeyPackage", "Device").flatMap((device) => {
    const keys = children(device, "Key");
    if (keys.length > 0) return keys.map((key) => readKey(device, key, secrets.open));
    return { line: lineOf(device), flaws: [flaw("secret", "missing", "The secret is missing.")] };
  });
  return entries.length > 0 ? { entries } : { problems: [problem("file", "empty", "The file has no tokens.")] };
}

/** Lines keep their numbers. */
const withoutComments = (text: string): string =>
  text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ""));

function readKey(device: Element, key: Element, open: (secret: Element) => Uint8Array | Flaw): Entry | BrokenLine {
  const line = lineOf(key);
  const format = find(key, "AlgorithmParameters", "ResponseFormat") ?? find(key, "Usage", "ResponseFormat");
  const flaws = [
    !timeBased.test(attribute(key, "Algorithm", "KeyAlgorithm")) &&
      flaw("algorithm", "not-time-based", "Its codes are not time-based (TOTP)."),
    !isPlainDigits(format) && flaw("digits", "not-decimal", "Its codes are not plain digits."),
    find(key, "Data", "TimeInterval", "EncryptedValue") !== null &&
      flaw("period", "encrypted", "How long a code lasts is encrypted."),
  ].filter((one) => one !== false);
  if (flaws.length > 0) return { line, flaws };
  const secret = find(key, "Data", "Secret");
  return {
    line,
    serial: textAt(device, "DeviceInfo", "SerialNo"),
    secret: secret ? open(secret) : flaw("secret", "missing", "The secret is missing."),
    algorithm: textAt(key, "AlgorithmParameters", "Suite"),
    digits: attribute(format, "Length"),
    period: textAt(key, "Data", "TimeInterval", "PlainValue"),
    manufacturer: textAt(device, "DeviceInfo", "Manufacturer"),
    model: textAt(device, "DeviceInfo", "Model"),
  };
}

/** A check digit would make other codes of the same secret (RFC 6030 §4.3.4). */
const isPlainDigits = (format: Element | null): boolean =>
  ["", "DECIMAL"].includes(attribute(format, "Encoding", "Format")) &&
  !["true", "1"].includes(attribute(format, "CheckDigits", "CheckDigit"));
