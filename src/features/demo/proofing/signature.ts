import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether `given` is the HMAC-SHA-256 of these very bytes, in small hexadecimal letters. */
export function isSigned(message: Buffer | string, given: unknown, secret: string): boolean {
  const right = Buffer.from(createHmac("sha256", secret).update(message).digest("hex"));
  const offered = Buffer.from(typeof given === "string" ? given : "");
  return offered.length === right.length && timingSafeEqual(offered, right);
}
