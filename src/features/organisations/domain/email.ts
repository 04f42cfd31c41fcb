import { domainToASCII } from "node:url";

const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const domain = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}$/;

/**
 * An e-mail address as it is stored and written to: the domain in lower case and in ASCII (`å.example` becomes
 * `xn--5ca.example`). Null for what no ordinary mail server would take: RFC 5321 §4.1.2 without quoted local parts,
 * comments and address literals, at most 254 characters (RFC 3696 erratum 1690).
 */
export function parseEmail(text: string): string | null {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf("@");
  if (at < 1 || at > 64 || trimmed.length > 254) return null;
  const name = trimmed.slice(0, at);
  const host = domainToASCII(trimmed.slice(at + 1)).toLowerCase();
  const email = `${name}@${host}`;
  return local.test(name) && domain.test(host) && email.length <= 254 ? email : null;
}
