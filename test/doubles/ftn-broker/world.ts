import type { JSONWebKeySet, JWTPayload } from "jose";
import type { Clock } from "../../../src/ports/clock.ts";
import type { BrokerKeys } from "./keys.ts";
import type { TestPerson } from "./people.ts";
import type { Replays } from "./replays.ts";
import type { Profile, Surface } from "./surfaces.ts";
import type { Switches } from "./switches.ts";

/** One thing that was asked of the broker. */
export type Entry = Readonly<{
  at: "authorize" | "token" | "keys" | "statement" | "discovery" | "selector" | "maintenance" | "elsewhere";
  /** Why it was refused; null when it was not. */
  refused: string | null;
  /** What the client had signed: the request, or the assertion of who it is. */
  claims?: JWTPayload;
}>;

/** What all parts of the broker know. */
export type World = Readonly<{
  profile: Profile;
  surface: Surface;
  origin: string;
  environment: "test" | "production";
  clientId: string;
  /** Where a client has one instead of a key. */
  clientSecret: string | null;
  redirectUris: readonly string[];
  serviceNames: readonly string[];
  people: readonly TestPerson[];
  ourKeys: () => Promise<JSONWebKeySet>;
  keys: BrokerKeys;
  clock: Clock;
  requestReplays: Replays;
  assertionReplays: Replays;
  /** The switch for this place, once: it is as usual again after. */
  take<Place extends keyof Switches>(place: Place): Switches[Place] | undefined;
  note(entry: Entry): void;
}>;
