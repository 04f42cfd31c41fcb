import type { Language } from "../../kernel/language.ts";
import type { Origin } from "../../kernel/origin.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Audit } from "../audit/index.ts";
import type { Messages } from "../messages/index.ts";
import type { EndedSession } from "../sessions/index.ts";
import type { Attempt, Form, Journey, Method, Purpose, StepHandler } from "./method.ts";

export type JourneyDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  audit: Audit;
  messages: Messages;
  methods: readonly Method[];
  purposes: readonly Purpose[];
  /** Hears of sessions that a finished journey has ended, once that is saved: applications are told (SIN-11). */
  onSessionsEnded?: (ended: readonly EndedSession[]) => void;
};

/** Every step that a journey may ask: those of the methods, and those of the purposes. */
export const stepsOf = ({ methods, purposes }: Pick<JourneyDeps, "methods" | "purposes">): readonly StepHandler[] => [
  ...methods.flatMap(({ steps }) => steps),
  ...purposes.flatMap(({ steps }) => steps ?? []),
];

/** The session that a finished journey leaves in the browser; `maxAge` is null when it ends with the browser. */
export type NewSession = { id: string; maxAge: number | null };

export type Advance =
  | { to: "page"; ended?: readonly EndedSession[] | undefined }
  | { to: "destination"; url: string; session: NewSession | null; ended?: readonly EndedSession[] }
  /** The browser leaves, and comes back to show what it brought. */
  | { to: "elsewhere"; url: string }
  | { to: "busy" }
  /** There is no such journey in this browser. */
  | { to: "nowhere" };

/** A posted step as it arrives. */
export type Posted = {
  id: string;
  form: Form;
  origin: Origin;
  sessionCookie: string | null;
  /** The language in which the journey's pages are read in this browser. */
  language(journey: Journey): Language;
};

/** What a browser brought back from elsewhere for the step `kind`, after the slow work of looking at it. */
export type Arrival = Omit<Posted, "form" | "language"> & { kind: string; attempt: Attempt };
