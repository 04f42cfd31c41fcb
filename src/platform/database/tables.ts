// Written by `npm run db:schema` from the migrated database. Do not edit.
import type { ColumnType } from "kysely";

export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** jsonb: read as a value, written as JSON text. */
export type Json = ColumnType<unknown, string, string>;
export type Generated<T> =
  T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;

/** An employer or customer company: its people, policy, support contacts and look. The first of languages is its default. */
export interface OrganisationTable {
  id: string;
  slug: string;
  name: Json;
  sms_name: string;
  languages: string[];
  support: Generated<Json>;
  brand_colour: string | null;
  logo: Buffer | null;
  logo_type: string | null;
  logo_hash: string | null;
  home: ColumnType<unknown, string | null, string | null>;
  authenticator_name: string;
  email_categories: Generated<Json>;
  policy: Json;
  state: Generated<string>;
  created_at: Timestamp;
}

/** Who signs in. A person has one account in each organisation they work with. */
export interface PersonTable {
  id: string;
  given_name: string;
  family_name: string;
  language: string;
  created_at: Timestamp;
}

/** A person in an organisation. Raising epoch ends every session, half-way journey and grant of the account at once. */
export interface AccountTable {
  id: string;
  organisation_id: string;
  person_id: string;
  user_name: string;
  email: string;
  phone: string | null;
  category: string;
  roles: Generated<string[]>;
  home: ColumnType<unknown, string | null, string | null>;
  state: string;
  epoch: Generated<number>;
  created_at: Timestamp;
  activated_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  closed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** What an account is found by at sign-in: user name and e-mail, folded for case, width and Unicode form. Unique in an organisation. */
export interface AccountNameTable {
  key: string;
  organisation_id: string;
  account_id: string;
}

/** A browser that is signed in. Only the hash of its cookie is kept. provider holds what the OpenID provider remembers of it: applications, their sid and grant. */
export interface SessionTable {
  uid: string;
  id_hash: Buffer;
  account_id: string | null;
  account_epoch: number | null;
  proofs: Generated<Json>;
  acr: string | null;
  amr: Generated<string[]>;
  authenticated_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  created_at: Timestamp;
  last_used_at: Timestamp;
  expires_at: Timestamp;
  idle_seconds: number;
  ends_with_browser: Generated<boolean>;
  browser: string | null;
  network: string | null;
  provider: Generated<Json>;
}

/** One method bound to one account. A removed one is kept, with its time: every authenticator ever bound stays on record. */
export interface AuthenticatorTable {
  id: string;
  account_id: string;
  method: string;
  name: string | null;
  linked_at: Timestamp;
  last_used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  removed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** A way in, from its first page to its end: sign-in, activation, change of password. subject_id is what started it, for example an invitation. */
export interface JourneyTable {
  id: string;
  purpose: string;
  browser_hash: Buffer;
  organisation_id: string | null;
  account_id: string | null;
  account_epoch: number | null;
  subject_id: string | null;
  method: string | null;
  application: string | null;
  return_to: string | null;
  requested: Generated<Json>;
  notice: ColumnType<unknown, string | null, string | null>;
  created_at: Timestamp;
  expires_at: Timestamp;
  ended_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  outcome: string | null;
  result: ColumnType<unknown, string | null, string | null>;
}

/** What the person has shown on a journey. A step is done only if its proof is here. */
export interface ProofTable {
  journey_id: string;
  kind: string;
  authenticator_id: string | null;
  shown_at: Timestamp;
}

/** Browsers in which an account has signed in: strangers' wrong passwords do not slow them, and the sign-in page remembers organisation and method. */
export interface KnownBrowserTable {
  browser_hash: Buffer;
  account_id: string;
  method: string;
  last_used_at: Timestamp;
}

/** The head of each chain of audit rows: one per organisation, and "service" for what belongs to none. checkpoint is the last one signed; seal covers the row, so that no earlier head can be made up. */
export interface AuditStreamTable {
  stream: string;
  head: number;
  mac: Buffer;
  checkpoint: Generated<number>;
  seal: Buffer;
}

/** What happened, append-only. row_mac covers the row, mac its row_mac and the mac before it, under a key that the database never sees. */
export interface AuditEventTable {
  stream: string;
  number: number;
  id: string;
  at: Timestamp;
  type: string;
  result: string;
  actor: string;
  account_id: string | null;
  reference: string | null;
  network: string | null;
  detail: Generated<Json>;
  row_mac: Buffer;
  mac: Buffer;
}

/** Signed milestones of each chain, so that a cut tail or a restored backup shows. mac covers the row and the checkpoint before it. */
export interface AuditCheckpointTable {
  stream: string;
  number: number;
  at: Timestamp;
  event_mac: Buffer;
  mac: Buffer;
}

/** The outbox: e-mails and text messages until they are delivered, and what became of them. contents (address and text) is sealed, and gone once the message is no longer waiting. Each claim raises attempts, which fences the one before it off. */
export interface MessageTable {
  id: string;
  channel: string;
  template: string;
  organisation_id: string | null;
  account_id: string | null;
  subject_id: string | null;
  language: string;
  contents: Buffer | null;
  state: Generated<string>;
  attempts: Generated<number>;
  next_attempt_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  expires_at: Timestamp;
  reason: string | null;
  created_at: Timestamp;
  delivered_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** The invitation of an account. pin_misses counts wrong PINs against this PIN, misses against the invitation since it was last sent. */
export interface InvitationTable {
  id: string;
  organisation_id: string;
  account_id: string;
  state: string;
  pin_hash: Buffer | null;
  pin_expires_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  pin_misses: Generated<number>;
  misses: Generated<number>;
  pin_sent_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  expected_identity: Buffer | null;
  expires_at: Timestamp;
  created_at: Timestamp;
  opened_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  activated_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** The activation links of an invitation; replaced ones are kept so that their page can say so. */
export interface InvitationLinkTable {
  token_hash: Buffer;
  invitation_id: string;
  created_at: Timestamp;
  replaced_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** The password of an account: argon2id, keyed with a pepper that the database never sees. */
export interface PasswordTable {
  account_id: string;
  hash: string;
  changed_at: Timestamp;
  ended_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** The secret of an authenticator app or token (sealed) and which time steps are spent: RFC 6238. drift is by how many steps a hardware token's clock was ahead of ours when a code was last taken from it; null for an app, whose phone keeps its own time. */
export interface TotpTable {
  authenticator_id: string;
  secret: Buffer;
  algorithm: Generated<string>;
  digits: Generated<number>;
  period: Generated<number>;
  last_step: number;
  spent_steps: Generated<number[]>;
  failures: Generated<number>;
  blocked_until: ColumnType<Date | null, Date | string | null, Date | string | null>;
  drift: number | null;
}

/** A secret shown as a QR code and not confirmed yet: one per account, so that two tabs never leave two live ones. */
export interface TotpOfferTable {
  account_id: string;
  journey_id: string;
  secret: Buffer;
  spent_steps: Generated<number[]>;
  created_at: Timestamp;
}

/** Counters of attempts and messages, by a key that names what is limited. */
export interface ThrottleTable {
  key: string;
  count: number;
  since: Timestamp;
}

/** A relying party. settings is its OpenID Connect client metadata; its secret is sealed, since the engine compares the plain value. */
export interface ApplicationTable {
  client_id: string;
  organisation_id: string | null;
  name: Json;
  settings: Json;
  secret: Buffer | null;
  state: Generated<string>;
  version: Generated<number>;
  created_at: Timestamp;
}

/** The keys that sign tokens: published before they sign and after they have stopped. The private key is sealed. */
export interface SigningKeyTable {
  kid: string;
  algorithm: string;
  private_key: Buffer;
  published_at: Timestamp;
  signs_from: Timestamp;
  retired_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** What an application may learn of an account in one session: one row for each pair. Raising generation revokes every token of the grant; the row stays until they have expired. */
export interface OidcGrantTable {
  id: string;
  account_id: string | null;
  account_epoch: number | null;
  client_id: string;
  payload: Json;
  generation: Generated<number>;
  created_at: Timestamp;
  expires_at: Timestamp;
}

/** Codes, access tokens, refresh tokens, pushed requests and interactions too large for a cookie, by the hash of their value. session_uid is set on those that end with the session. */
export interface OidcTokenTable {
  id_hash: Buffer;
  kind: string;
  grant_id: string | null;
  generation: number | null;
  session_uid: string | null;
  payload: Json;
  created_at: Timestamp;
  expires_at: Timestamp;
  consumed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** Marks of one-time values seen: the jti of client assertions. */
export interface OidcUsedTable {
  id_hash: Buffer;
  expires_at: Timestamp;
}

/** Demo mode only: what would have been sent. */
export interface DemoInboxTable {
  id: string;
  channel: string;
  sender: string | null;
  recipient: string;
  subject: string | null;
  text: string;
  html: string | null;
  at: Timestamp;
}

/** Who an account's person is: expected by an invitation, or bound once proved. sealed holds country, type and value; blind_index is a keyed hash over all three. It outlives the removal of the authenticator, so that recovery can ask for the same person. */
export interface IdentityTable {
  account_id: string;
  organisation_id: string;
  blind_index: Buffer;
  sealed: Buffer;
  broker: string | null;
  level: string | null;
  expected_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  bound_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** Identification brokers and Suomi.fi, as an operator has configured them. title is the name that people see. */
export interface IdentityBrokerTable {
  name: string;
  profile: string;
  title: Json;
  settings: Json;
  secret: Buffer | null;
  position: Generated<number>;
  state: Generated<string>;
  created_at: Timestamp;
}

/** Our keys towards brokers: sig signs requests, enc decrypts answers, entity signs the key set. Null: without end. A new sig key is published before signs_from; an old enc key still decrypts after published_until. */
export interface RelyingPartyKeyTable {
  kid: string;
  use: string;
  private_key: Buffer;
  certificate: string;
  created_at: Timestamp;
  signs_from: Timestamp;
  published_until: ColumnType<Date | null, Date | string | null, Date | string | null>;
  used_until: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** A person sent to a broker, by the hash of the state that comes back: used once, in the browser that left. memory is what the answer is checked by, posted an answer that came as a form from the broker's page, answer who it was until an account is chosen, broker_session what the broker's session is ended by; all of these are sealed. */
export interface EidRequestTable {
  state_hash: Buffer;
  journey_id: string;
  kind: string;
  broker: string;
  memory: Buffer;
  level: string;
  sent_at: Timestamp;
  expires_at: Timestamp;
  posted: Buffer | null;
  used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  answer: Buffer | null;
  broker_session: Buffer | null;
  pending: Buffer | null;
  asked_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** Sessions that began with a broker that has single logout, and what its own session is ended by (sealed). */
export interface EidSessionTable {
  session_uid: string;
  broker: string;
  key_hash: Buffer;
  broker_session: Buffer;
}

/** A browser that has signed out and was sent on to end the broker's session too, by a hash of the broker and the state that comes back: gone once it has come back. memory (sealed) is what the answer is checked by, onward where the browser goes then. */
export interface EidLogoutTable {
  state_hash: Buffer;
  browser_hash: Buffer;
  memory: Buffer;
  onward: string;
  expires_at: Timestamp;
}

/** Requests of brokers to end a session, by a hash of broker and message: each counts once, and none after expires_at. */
export interface EidLogoutSeenTable {
  message_hash: Buffer;
  expires_at: Timestamp;
}

/** Demo mode only: what the demo bank signs with (sealed). It is made once, since brokers' entity keys are pinned. */
export interface DemoBankKeyTable {
  use: string;
  private_key: Buffer;
  created_at: Timestamp;
}

/** Demo mode only: marks of one-time values that the demo bank has seen, namely requests, client assertions and codes. */
export interface DemoBankUsedTable {
  value_hash: Buffer;
  expires_at: Timestamp;
}

/** The links of notices by which a person says "this was not me", by a keyed hash: each freezes its account once, and nothing else. event is the template of the notice that carried it. All of an account are used once one is. */
export interface NoticeLinkTable {
  token_hash: Buffer;
  account_id: string;
  event: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** The temporary password of an account, good for choosing one of one's own: 64 random bits as a keyed hash, bound to the account. A new one replaces it; using it deletes the row. ordered_by is an actor of the audit. */
export interface TemporaryPasswordTable {
  account_id: string;
  hash: Buffer;
  created_at: Timestamp;
  expires_at: Timestamp;
  ordered_by: string;
}

/** What authenticators know an account by (WebAuthn's user handle): random, and nothing of the person. Made when the account is first asked to make a passkey. */
export interface PasskeyUserTable {
  account_id: string;
  handle: Buffer;
}

/** A passkey of an account: its public key (COSE), and how often it has signed, where it counts. copy_told_at is when the person was last told that there seems to be a copy of it. */
export interface PasskeyTable {
  authenticator_id: string;
  account_id: string;
  credential_id: Buffer;
  public_key: Buffer;
  counter: number;
  backup_eligible: boolean;
  transports: Generated<string[]>;
  copy_told_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** What a passkey has to sign for a step of a journey: random, and gone once an answer to it has come, whatever it was. */
export interface PasskeyChallengeTable {
  journey_id: string;
  kind: string;
  challenge: Buffer;
  expires_at: Timestamp;
}

/** Pre-programmed hardware tokens that an operator has imported, each linked by its serial number once. secret (sealed) is gone from here when the token is linked: it lies in totp from then on. A token that was imported anew retires its older row. */
export interface TokenTable {
  id: string;
  organisation_id: string;
  serial: string;
  manufacturer: string | null;
  model: string | null;
  secret: Buffer | null;
  algorithm: string;
  digits: number;
  period: number;
  imported_at: Timestamp;
  authenticator_id: string | null;
  retired_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** A certificate card of an account. card_hash is a keyed hash of issuer, serial number and public key: that card and no other; holder_hash one of issuer and holder, the same on a renewed card. sealed holds what the certificate says, as evidence. told_days: of which expiry the person was told last, in days before it. */
export interface CertificateTable {
  authenticator_id: string;
  account_id: string;
  organisation_id: string;
  card_hash: Buffer;
  holder_hash: Buffer | null;
  sealed: Buffer;
  not_after: Timestamp;
  told_days: number | null;
}

/** A browser sent to the address where it shows a certificate, by the hash of the one-time path there; and what came, sealed, by the hash of the one-time code that the browser brings back. Without a journey: the test of a card. waits: until the person has said which of their accounts they mean. */
export interface CertificateHandoverTable {
  path_hash: Buffer;
  browser_hash: Buffer;
  journey_id: string | null;
  kind: string;
  expires_at: Timestamp;
  presented_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  code_hash: Buffer | null;
  shown: Buffer | null;
  used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  waits: Generated<boolean>;
}

/** Other systems that hold the same people's credentials, as an operator has configured them, in the order in which people see them. categories: whose accounts are in it; none for all. set_up_url is where people link anew there. secret is sealed. */
export interface DirectoryTable {
  id: string;
  organisation_id: string;
  name: string;
  kind: string;
  title: Json;
  categories: string[];
  set_up_url: string | null;
  settings: Json;
  secret: Buffer | null;
  position: Generated<number>;
  state: Generated<string>;
  created_at: Timestamp;
  closed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** What directories have to be told, in the order of its causes: of one account's jobs to one directory only the first that waits is carried, by one node until leased_until. memory (sealed) is what an attempt noted for the next, remaining names what could not be removed, pass (sealed) is shown once to whoever proved who they are. failed and withheld (the account was frozen) wait for an operator. made_at is when the cause was, since when it was last put to work (by its cause, or by an operator), alarmed_at when an operator was told that it failed or takes too long. */
export interface DirectoryJobTable {
  id: Generated<number>;
  directory_id: string;
  account_id: string;
  task: string;
  rank: Generated<number>;
  cause_id: string | null;
  state: string;
  attempts: Generated<number>;
  next_attempt_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  leased_until: ColumnType<Date | null, Date | string | null, Date | string | null>;
  reason: string | null;
  memory: Buffer | null;
  removed: number | null;
  total: number | null;
  remaining: Generated<string[]>;
  pass: Buffer | null;
  pass_expires_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  made_at: Timestamp;
  since: Timestamp;
  ended_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  alarmed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  in_vain: Generated<number>;
}

/** Resets of an account's authenticators, each by whoever proved to be its person. id is the journey's and the cause of the directories' jobs; token_hash finds the page that follows them. In the browser of browser_hash, while the account's epoch is still this one, an authenticator may be linked anew. removed names the methods, sessions how many ended, reference is what support finds the reset by, return_to the sign-in that the person came from. */
export interface RecoveryTable {
  id: string;
  token_hash: Buffer;
  organisation_id: string;
  account_id: string;
  browser_hash: Buffer;
  epoch: number;
  proved_by: string;
  proved_at: Timestamp;
  removed: string[];
  sessions: number;
  reference: string;
  return_to: string | null;
  made_at: Timestamp;
}

/** The latest link by which an account may choose a new password, by a keyed hash: a newer one takes its place. It is good once, until expires_at, and while the account's epoch is still this one: whatever ends the sessions ends it too. */
export interface RecoveryLinkTable {
  id: string;
  account_id: string;
  token_hash: Buffer;
  epoch: number;
  created_at: Timestamp;
  expires_at: Timestamp;
  used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** What waits for a support agent. reference is what the person's page showed; email (the address on record then), message and reason are sealed. token_hash finds the page of its confirmation. expires_at: until when the address can be confirmed, a document approved, or its approval used; nothing of it holds once the account's epoch is another. Of a document each journey has its own case, since the approval is good in that one alone; of every other kind an account has one that is open. */
export interface SupportCaseTable {
  id: string;
  reference: string;
  organisation_id: string;
  account_id: string;
  epoch: number;
  kind: string;
  state: string;
  email: Buffer;
  message: Buffer | null;
  facts: Json;
  journey_id: string | null;
  token_hash: Buffer | null;
  expires_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  opened_at: Timestamp;
  confirmed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  decided_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  decided_by: string | null;
  reason: Buffer | null;
}

/** Demo mode only: how the demo's other systems answer, as whoever watches has chosen; those without a row are fine. */
export interface DemoDirectoryTable {
  name: string;
  mood: string;
}

/** Demo mode only: the accounts of the demo's other systems. methods is a list of id, name and linkedAt. */
export interface DemoDirectoryAccountTable {
  directory: string;
  account_id: string;
  user_name: string;
  is_active: boolean;
  methods: Json;
  sessions_ended_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** Where an account's person was told of changes before: e-mail addresses and phone numbers that were replaced. Nothing but notices goes there (REC-8), no account is found by them, and they are deleted once kept_until is over. */
export interface FormerAddressTable {
  account_id: string;
  channel: string;
  address: string;
  kept_until: Timestamp;
}

export interface Tables {
  account: AccountTable;
  account_name: AccountNameTable;
  application: ApplicationTable;
  audit_checkpoint: AuditCheckpointTable;
  audit_event: AuditEventTable;
  audit_stream: AuditStreamTable;
  authenticator: AuthenticatorTable;
  certificate: CertificateTable;
  certificate_handover: CertificateHandoverTable;
  demo_bank_key: DemoBankKeyTable;
  demo_bank_used: DemoBankUsedTable;
  demo_directory: DemoDirectoryTable;
  demo_directory_account: DemoDirectoryAccountTable;
  demo_inbox: DemoInboxTable;
  directory: DirectoryTable;
  directory_job: DirectoryJobTable;
  eid_logout: EidLogoutTable;
  eid_logout_seen: EidLogoutSeenTable;
  eid_request: EidRequestTable;
  eid_session: EidSessionTable;
  former_address: FormerAddressTable;
  identity: IdentityTable;
  identity_broker: IdentityBrokerTable;
  invitation: InvitationTable;
  invitation_link: InvitationLinkTable;
  journey: JourneyTable;
  known_browser: KnownBrowserTable;
  message: MessageTable;
  notice_link: NoticeLinkTable;
  oidc_grant: OidcGrantTable;
  oidc_token: OidcTokenTable;
  oidc_used: OidcUsedTable;
  organisation: OrganisationTable;
  passkey: PasskeyTable;
  passkey_challenge: PasskeyChallengeTable;
  passkey_user: PasskeyUserTable;
  password: PasswordTable;
  person: PersonTable;
  proof: ProofTable;
  recovery: RecoveryTable;
  recovery_link: RecoveryLinkTable;
  relying_party_key: RelyingPartyKeyTable;
  session: SessionTable;
  signing_key: SigningKeyTable;
  support_case: SupportCaseTable;
  temporary_password: TemporaryPasswordTable;
  throttle: ThrottleTable;
  token: TokenTable;
  totp: TotpTable;
  totp_offer: TotpOfferTable;
}
