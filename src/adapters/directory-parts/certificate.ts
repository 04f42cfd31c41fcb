import { between, days, type Instant } from "../../kernel/time.ts";
import type { DirectoryCheck } from "../../ports/directory.ts";

/** What a check says of a server's certificate that ends at `validTo`, as TLS tells it. */
export function checkCertificate(validTo: string, now: Instant): DirectoryCheck {
  const end = new Date(validTo);
  if (Number.isNaN(end.getTime())) return { verdict: "pass", says: "The connection is encrypted." };
  const left = Math.floor(between(now, end) / days(1));
  const says = `The connection is encrypted; the directory's certificate is good for ${left} days.`;
  if (left >= 14) return { verdict: "pass", says };
  return {
    verdict: left < 3 ? "fail" : "advice",
    says,
    todo: "See to it that the directory's certificate is renewed.",
  };
}
