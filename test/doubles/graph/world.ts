import type { Duration, Instant } from "../../../src/kernel/time.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Trouble } from "./troubles.ts";

/** A method as Entra ID keeps it; `type` is what stands before `AuthenticationMethod`. */
export type StoredMethod = {
  type: string;
  id: string;
  createdAt: Instant;
  phoneNumber?: string;
  emailAddress?: string;
  lifetimeInMinutes?: number;
  isUsableOnce?: boolean;
  goneAt?: Instant;
};

export type GraphUser = {
  id: string;
  userPrincipalName: string;
  mail: string | null;
  employeeId: string | null;
  extensionAttribute1: string | null;
  userType: "Member" | "Guest";
  accountEnabled: boolean;
  /** Template ids of directory roles; those of `eligible` are to be activated first (PIM). */
  roles: string[];
  eligible: string[];
  /** Groups, by whether roles can be assigned to them. */
  groups: { id: string; isAssignableToRole: boolean }[];
  methods: StoredMethod[];
  /** What has been removed, in order: lists may still show it. */
  removed: StoredMethod[];
  defaultMethodId: string | null;
  sessionsEndedAt: Instant[];
  /** Role-assignable groups and the like: Graph refuses to touch them. */
  isProtected: boolean;
};

/** One call of Graph's, or of the token endpoint. */
export type Entry = Readonly<{ at: Instant; method: string; path: string; user: string | null; status: number }>;

/** How the directory behaves, until it is told otherwise. */
export type Behaviour = {
  /** Every nth call is refused with 429; whoever comes back to the same user earlier is noted. */
  throttle: Readonly<{ every: number; retryAfter: Duration }> | null;
  /** How long lists show what has been removed. */
  lag: Duration;
  /** How many values a page has. */
  pageSize: number;
  /** Where the next page is said to be; null for where it is. */
  nextLinkTo: string | null;
  /** Whether lists tell when methods were made. */
  tellsCreation: boolean;
  /** Which of its two sentences refuses to remove the default method. */
  defaultWords: 0 | 1;
  /** Whether the tenant's policy allows Temporary Access Passes. */
  allowsPasses: boolean;
  /** What goes wrong: each is used up by as many calls as it says. */
  troubles: Trouble[];
};

export type World = Readonly<{
  clock: Clock;
  url(): string;
  tenantId: string;
  clientId: string;
  /** PEM, as the operator has registered it. */
  certificate: string;
  /** The application's permissions; may change. */
  permissions: Set<string>;
  users: GraphUser[];
  behaviour: Behaviour;
}>;

export type Answer = Readonly<{ status: number; body?: unknown; retryAfter?: Duration }>;

/** An error in Graph's form. */
export const problem = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message, innerError: { "request-id": "00000000-0000-0000-0000-000000000000" } } },
});
