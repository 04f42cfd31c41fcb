import type { Instant } from "../../../kernel/time.ts";
import { momentParameters } from "../../../platform/i18n/index.ts";
import type { Notice } from "../../journey/index.ts";
import { type Device, wordsFor } from "./device.ts";
import type { CodeVerdict } from "./domain/judge-code.ts";

type Refused = Exclude<CodeVerdict, { verdict: "right" }>;

/** What the person is told of a code that is not taken (SIN-6), by what they read their codes from. */
export function noticeOf(verdict: Refused, now: Instant, device: Device): Notice {
  switch (verdict.verdict) {
    case "wrong":
      return { key: "totp:wrong", parameters: wordsFor(device) };
    case "malformed":
      return { key: "totp:malformed", parameters: wordsFor(device) };
    case "used":
      return { key: "totp:code-used", parameters: wordsFor(device) };
    case "clock-off": {
      const key = verdict.minutes < 0 ? "totp:clock-behind" : "totp:clock-ahead";
      const count = Math.abs(verdict.minutes);
      return { key, parameters: { count, ...wordsFor(verdict.device) }, tone: "warn" };
    }
    case "blocked": {
      const until = verdict.until.toISOString();
      return { key: "totp:blocked", parameters: { ...momentParameters(verdict.until, "en", now), until } };
    }
    default:
      return verdict satisfies never;
  }
}
