import type { Instant } from "../../kernel/time.ts";

/** A message that would have been sent. `from` is the sender's name; a text message has none, nor a subject. */
export type InboxMessage = {
  id: string;
  channel: "email" | "sms";
  from: string | null;
  to: string;
  subject: string | null;
  text: string;
  html: string | null;
  at: Instant;
};
