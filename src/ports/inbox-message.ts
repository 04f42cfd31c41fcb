import type { Instant } from "../kernel/time.ts";

/** A message that would have been sent, as the demo keeps it. A text message has neither subject nor HTML. */
export type InboxMessage = Readonly<{
  id: string;
  channel: "email" | "sms";
  /** The sender's name. */
  from: string | null;
  to: string;
  subject: string | null;
  text: string;
  html: string | null;
  at: Instant;
}>;
