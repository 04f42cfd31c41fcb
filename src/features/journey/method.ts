import type { Language } from "../../kernel/language.ts";
import type { Origin } from "../../kernel/origin.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { Key, Params, Translate } from "../../platform/i18n/index.ts";
import type { Content, Html, IconName } from "../../platform/pages/index.ts";
import type { AuditEvent } from "../audit/index.ts";
import type { Outgoing } from "../messages/index.ts";
import type { Account, Organisation } from "../organisations/index.ts";
import type { EndedSession } from "../sessions/index.ts";
import type { MethodRule, PurposeName } from "./domain/rules.ts";

/** One method of one account, as every method is: what the rooms in `authenticators/` know besides is their own. */
export type Authenticator = Readonly<{
  id: string;
  method: string;
  name: string | null;
  linkedAt: Instant;
  lastUsedAt: Instant | null;
}>;

/** Why the last post was refused: shown above the form until the next one. */
export type Notice = Readonly<{ key: Key; parameters?: Params; tone?: "bad" | "warn" }>;

/** What whoever began a journey asked for. */
export type Requested = Readonly<{
  strength?: 1 | 2 | 3;
  notBefore?: Instant;
  loginHint?: string;
  /** What the application says of the reader's languages, the most wanted first. */
  uiLocales?: readonly string[];
  applicationName?: Readonly<Partial<Record<Language, string>>>;
  /** The method to link. */
  link?: string;
  /** The id of the authenticator to remove. */
  remove?: string;
}>;

/** A journey as it stands: its row, whose it is, and what was shown. */
export type Journey = Readonly<{
  id: string;
  purpose: PurposeName;
  /** Its own, or that of the account. */
  organisation: Organisation | null;
  /** Where it began for one organisation; null where any account will do. */
  organisationId: string | null;
  /** Whose it is by what was shown; in an attempt also whose it would be (`Attempt.accountId`). */
  account: Account | null;
  /** Null while no proof has claimed the account. */
  accountId: string | null;
  overtaken: boolean;
  subjectId: string | null;
  method: string | null;
  /** The client id of the application that the person comes from. */
  application: string | null;
  returnTo: string | null;
  requested: Requested;
  notice: Notice | null;
  /** Under which support finds why the journey can't go on. */
  reference: string | null;
  expiresAt: Instant;
  endedAt: Instant | null;
  /** What it ended with, for whoever began it: null until it has ended signed in. */
  result: Readonly<{ accountId: string; acr: string; amr: readonly string[]; authenticatedAt: Instant }> | null;
  proofs: readonly Readonly<{ kind: string; authenticatorId: string | null; shownAt: Instant; by?: string }>[];
  authenticators: readonly Authenticator[];
  /** Accounts that signed in in this browser before, the latest first, and how. */
  known: readonly Readonly<{ accountId: string; method: string }>[];
}>;

/** What came of a posted step: saved, audited and answered by the dispatcher. A refusal is an outcome, never thrown. */
export type Outcome =
  | Readonly<{
      result: "shown";
      /** Kinds of proof that now stand. `by` tells the purpose's end, if it comes with this very step, who vouches for it. */
      proofs: readonly Readonly<{ kind: string; authenticatorId: string | null; by?: string }>[];
      /** Methods that the step linked. */
      linked?: readonly Authenticator[];
      /** Ids of authenticators that the step has removed. */
      removed?: readonly string[];
      /** Credentials have changed: every other session, half-way journey and grant of the account ends with it. */
      endsOthers?: boolean;
      event: Pick<AuditEvent, "type" | "detail">;
      messages?: readonly Outgoing[];
    }>
  /**
   * The browser leaves, to show something elsewhere and come back with it: to an address of another service or our own.
   * Proofs of the kinds in `lapsed` no longer hold.
   */
  | Readonly<{
      result: "left";
      url: string;
      lapsed?: readonly string[];
      /** What is done in the same transaction, with where it was posted from. */
      besides?(tx: Tx, origin: Origin): Promise<unknown>;
    }>
  | Readonly<{
      result: "refused";
      notice: Notice;
      /** Kinds of proof that no longer hold: they are asked again. */
      lapsed?: readonly string[];
      /** Its page leads to support, and shows the reference that the event is found by (SIN-12). */
      forSupport?: boolean;
      /** What else is done about it in the same transaction, with where it was posted from. */
      besides?(tx: Tx, origin: Origin): Promise<unknown>;
      /** Whose account it was tried on, where the attempt claims none: for the audit only. */
      about?: Readonly<{ accountId: string; organisationId: string }>;
      event: Pick<AuditEvent, "type" | "detail">;
      messages?: readonly Outgoing[];
    }>;

/**
 * A posted step after its slow work. `decide` starts in the transaction, and what it asks of the database before the
 * journey is there travels with the lock; what it returns decides, under the journey's lock. `accountId` is whose
 * account the step would claim, if the journey has none yet.
 */
export type Attempt = Readonly<{
  accountId?: string;
  decide(tx: Tx, now: Instant): (journey: Journey) => Promise<Outcome>;
}>;

export type Form = Readonly<Record<string, string>>;

/** What a step's page is drawn from. A page knows no request. */
export type StepView = Readonly<{
  journey: Journey;
  t: Translate;
  language: Language;
  now: Instant;
  /** "Firefox, Windows": empty where it is not known. */
  browser: string;
  /** The form of this step: where it posts to and its hidden fields are the dispatcher's. */
  form(content: Content): Html;
  /** The refusal of the last post, as words. */
  refusal: string | null;
  /** A way back to the choice of methods, when there is one. */
  anotherWay: Html | null;
}>;

export type StepPage = Readonly<{
  title: string;
  lede?: string | Html;
  step?: Readonly<{ at: number; of: number; label?: string }>;
  main: Html;
  /** The two or three questions asked at this very step. */
  help: Content;
}>;

/** Who posts a step: where from, and in which language they read. */
export type Poster = Origin & Readonly<{ language: Language }>;

/** One kind of step: its page, and what a post of it means. */
export type StepHandler = Readonly<{
  kind: string;
  /** RFC 8176: what a proof of this kind adds to `amr`. */
  amr: readonly string[];
  page(view: StepView): StepPage | Promise<StepPage>;
  /** Runs before the transaction: hashing, look-ups. "busy" when the machine can't hash one more now. */
  attempt(journey: Journey, form: Form, poster: Poster): Promise<Attempt | "busy">;
  /** Needs nothing before the lock, so that one round trip is saved. */
  quick?: boolean;
}>;

/** A method: a room in `authenticators/` and an entry in `serve.ts`'s list; nobody else knows it by name. */
export type Method = MethodRule &
  Readonly<{
    steps: readonly StepHandler[];
    /**
     * Whether it can be used in an organisation (null: not known yet) at this moment; always, unless told otherwise. What
     * depends on services elsewhere may be switched off.
     */
    isOffered?(organisation: Organisation | null): boolean;
    /**
     * Drawn below the first page of a sign-in, whichever method's it is, while this one is offered: what a browser can
     * show straight from its autofill. Its first step may then be posted without being chosen first.
     */
    alongside?(view: StepView): Promise<Html | null>;
    /** What notices call an authenticator of it, where that is not the method's name: a hardware token. */
    toldAs?(authenticator: Authenticator): string;
    /** An account may have several, such as one for each device. */
    several?: boolean;
    /** Hears of a session that began with the method, in the transaction that makes it. */
    onSession?(tx: Tx, session: Readonly<{ uid: string; journeyId: string }>): Promise<void>;
    /** Hears that an authenticator of the method was removed, in the transaction that does: its secret goes with it. */
    onRemoved?(tx: Tx, authenticatorId: string): Promise<void>;
    icon: IconName;
    /** The words of the choice: "Continue with authenticator app", and what is needed for it. */
    words: Readonly<{
      name: Key;
      signIn: Key;
      signInNote: Key;
      link: Key;
      linkNote: Key;
      /** One that has a name of its own, as `name`; without it the method's name stands before it. */
      named?: Key;
    }>;
  }>;

/** What a purpose's end may tell of besides: where it was posted from, and what has just ended with it. */
export type Ending = Readonly<{
  origin: Origin;
  /** The account's, raised already where others' access ends. */
  epoch: number;
  ended: readonly EndedSession[];
}>;

/** What a purpose does at its end. */
export type Purpose = Readonly<{
  name: PurposeName;
  /** Steps of its own, that belong to no method. */
  steps?: readonly StepHandler[];
  /** In the transaction of the last step; the session is made by the dispatcher. */
  finish(tx: Tx, journey: Journey, now: Instant, ending: Ending): Promise<readonly AuditEvent[]>;
  /** Where the browser goes then: an address of our own, or of the organisation's home application. */
  destination(journey: Journey): string;
  /** Where a journey that was left too long begins again; without it, the sign-in page. */
  beginAgain?(journey: Journey): string;
  /** Shown instead at the journey's own address, which may be opened again. */
  donePage?(view: Omit<StepView, "form" | "refusal" | "anotherWay">): StepPage;
  /** Whether it ends signed in. */
  signsIn: boolean;
  /**
   * A change of credentials: every other session, half-way journey and grant of the account ends with it; this browser's
   * session too where nobody is signed in by it.
   */
  endsOthers?: boolean;
  /** Ids of authenticators that its end removes: as with `endsOthers`, and this browser's session too if it rests on one. */
  removes?(journey: Journey): readonly string[];
}>;
