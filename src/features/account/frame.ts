import type { Language } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Translate } from "../../platform/i18n/index.ts";
import type { Account, Organisation } from "../organisations/index.ts";
import type { Session } from "../sessions/index.ts";

/** What every page of the person's own is drawn from. */
export type Frame = Readonly<{
  language: Language;
  t: Translate;
  now: Instant;
  /** Hidden fields of every form. */
  fields: Readonly<Record<string, string>>;
  /** This browser's. */
  session: Session;
  account: Account;
  organisation: Organisation;
}>;
