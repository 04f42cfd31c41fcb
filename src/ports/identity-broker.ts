import type { Identity, Level } from "../kernel/identity.ts";
import type { Language } from "../kernel/language.ts";
import type { Instant } from "../kernel/time.ts";

/** What an identification is wanted for. `state` is one-time and comes back with the answer. */
export type Wish = Readonly<{
  state: string;
  language: Language;
  /** Which of the broker's means (`Means.id`); null where the person chooses on the broker's own page. */
  means: string | null;
  /** The least that will do. */
  level: Level;
  now: Instant;
}>;

/** Where the browser goes, and what the answer is checked by: kept sealed with the request, never shown. */
export type Departure = Readonly<{ result: "departs"; url: string; memory: string }>;

/** The broker can't be used just now: it is away, slow, mis-signed or under maintenance. `reason` is for operators. */
export type Unavailable = Readonly<{
  result: "unavailable";
  reason: string;
  /** The broker's own words for people, in the language asked for. */
  notice?: string;
}>;

/** What came back with the person: the parameters of the query, or of the form that their browser posted. */
export type Answer = Readonly<Record<string, string>>;

/** The request that an answer belongs to. */
export type Sent = Readonly<{
  memory: string;
  state: string;
  /** Authentication before it was somebody else's, or long ago. */
  sentAt: Instant;
  language: Language;
  level: Level;
  now: Instant;
}>;

export type Identified = Readonly<{
  result: "identified";
  identity: Identity;
  level: Level;
  authenticatedAt: Instant;
  /** What the broker's session is ended by (SAML: NameID and SessionIndex); null where it keeps none. */
  brokerSession: string | null;
}>;

/**
 * A person whose document carries no identity code: a name and a date of birth, which many people share. It binds and
 * signs in nobody; a recovery may take it up where an operator has allowed that, and a support agent approves.
 */
export type Described = Readonly<{
  result: "described";
  person: Readonly<{ givenName: string; familyName: string /** `YYYY-MM-DD` */; birthDate: string }>;
  level: Level;
  authenticatedAt: Instant;
}>;

/** The one reason of a refusal that people are told: they can choose a stronger means. */
export const levelTooLow = "level-too-low";

/**
 * What came of an identification. `reason` comes from the adapter's own short list of words, save `levelTooLow`: it goes
 * into the audit, so it quotes nothing of the answer and names nobody.
 */
export type Identification =
  | Identified
  | Described
  /** Not done yet: the person goes on elsewhere, such as on their phone. Asked again, with the same memory, it may be. */
  | Readonly<{ result: "pending" }>
  | Readonly<{ result: "cancelled" }>
  | Unavailable
  | Readonly<{ result: "refused"; reason: string }>;

/** A bank, a mobile operator, an eID that the person can choose. */
export type Means = Readonly<{
  id: string;
  name: string;
  /** ISO 3166, two letters: pages group them by it. */
  country: string;
  /** A second line, such as the operators of Mobile ID. */
  note?: string;
  /** A picture as a `data:` address. */
  logo?: string;
}>;

/** What the page of choice shows: means to choose from (none: the broker has a page of its own) and required notices. */
export type Selection = Readonly<{
  means: readonly Means[];
  /** Texts that the broker wants shown beside its means. */
  notices: readonly Readonly<{ text: string; href?: string }>[];
  /** A disturbance that the broker announces. */
  disturbance: string | null;
}>;

/** What a check of a broker found, for `vahva doctor`: a sentence, and what to do about it. */
export type BrokerCheck = Readonly<{ verdict: "pass" | "advice" | "fail"; says: string; todo?: string }>;

/** Single logout, where the broker's protocol has it. Every message is signed; `query` is the raw query string. */
export type BrokerLogout = Readonly<{
  /** Ends the broker's session that `brokerSession` names; comes back with `state`. */
  request(
    wish: Readonly<{ brokerSession: string; state: string; language: Language; now: Instant }>,
  ): Promise<Departure>;
  /** Whether the answer to `request` is genuine. Whatever it says, our session has ended before it was asked. */
  readAnswer(query: string, sent: Readonly<{ memory: string; now: Instant }>): Promise<boolean>;
  /** A request of the broker's: which session to end, and how to answer. Null when it is not genuine. */
  readRequest(
    query: string,
    now: Instant,
  ): Promise<Readonly<{ brokerSession: string; messageId: string; expiresAt: Instant; memory: string }> | null>;
  /** The address that tells the broker that it is done. */
  answer(memory: string, now: Instant): Promise<string>;
  /** What `brokerSession` is found by: equal for equal sessions, whichever message it came in. */
  key(brokerSession: string): string;
}>;

/** A service that tells who somebody is: an identification broker, or Suomi.fi. One for each that is configured. */
export type IdentityBroker = Readonly<{
  depart(wish: Wish): Promise<Departure | Unavailable>;
  identify(answer: Answer, sent: Sent): Promise<Identification>;
  /** From memory, or within the time that a page can wait; never fails. */
  selection(language: Language, now: Instant): Promise<Selection>;
  check(now: Instant): Promise<readonly BrokerCheck[]>;
  /** What the broker needs to know of us, for an operator to send: names and values, in the order of its form. */
  registration(now: Instant): Promise<
    Readonly<{
      values: readonly (readonly [name: string, value: string])[];
      documents: readonly Readonly<{ name: string; content: string }>[];
    }>
  >;
  /** Our metadata for brokers that read it at an address (SAML). */
  metadata?(now: Instant): Promise<string>;
  logout?: BrokerLogout;
}>;

/** Our own keys towards brokers. Signing and encryption are apart; the entity key signs what others are read from. */
export type RelyingPartyKeys = Readonly<{
  /** The one that signs now, PKCS #8 in PEM. `certificate` is self-signed, PEM. */
  signing(): Promise<RelyingPartyKey>;
  entity(): Promise<RelyingPartyKey>;
  /** Every one that may still decrypt, the newest first. */
  decryption(): Promise<readonly RelyingPartyKey[]>;
  /** Those that are published now, signing and encryption. */
  published(): Promise<readonly (RelyingPartyKey & Readonly<{ use: "sig" | "enc" }>)[]>;
}>;
export type RelyingPartyKey = Readonly<{ kid: string; privateKey: string; certificate: string; createdAt: Instant }>;

/** A broker as an operator has configured it, its settings checked by the adapter of its profile. */
export type BrokerSettings = Readonly<{
  /** A short name; part of the addresses that the broker calls back. */
  name: string;
  profile: string;
  settings: Readonly<Record<string, unknown>>;
  /** A client secret, or the PEM of a key, where the profile has one. */
  secret: string | null;
}>;

/** What an adapter needs of the service. */
export type BrokerContext = Readonly<{
  publicUrl: string;
  /** Test brokers vouch for nobody: which of the two this service trusts is its configuration's choice, never the row's. */
  environment: "test" | "production";
  /** Where the browser comes back from this broker: `<publicUrl>/eid/<name>/callback`. */
  callbackUrl: string;
  keys: RelyingPartyKeys;
  /** Told of a session that a broker keeps, by its own name for it, though we wanted it erased: somebody has to ask for that. */
  onNotErased?: (broker: string, session: string) => void;
}>;

/** An adapter: the profiles it speaks, and what makes a broker of settings. */
export type BrokerKind = Readonly<{
  profiles: readonly string[];
  /** Checks what an operator gave, and fills in what the profile knows; or says what is wrong, field by field. */
  parse(
    profile: string,
    given: unknown,
  ):
    | Readonly<{ settings: Readonly<Record<string, unknown>> }>
    | Readonly<{ problems: readonly Readonly<{ field: string; says: string }>[] }>;
  connect(broker: BrokerSettings, context: BrokerContext): IdentityBroker;
  /** Offered only to organisations whose policy names it: the law or the contract does not let everybody use it. */
  onlyWhereNamed: boolean;
  /** Proves who somebody is at a recovery, and is no way to sign in: passport and face. */
  provesOnly?: boolean;
}>;
