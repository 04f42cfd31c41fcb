-- owner: authenticators/eid
create table identity (
  account_id uuid primary key references account on delete cascade,
  organisation_id uuid not null references organisation,
  blind_index bytea not null,
  sealed bytea not null,
  broker text,
  level text check (level in ('substantial', 'high')),
  expected_at timestamptz,
  bound_at timestamptz
);
create unique index identity_bound on identity (blind_index, organisation_id) where bound_at is not null;
comment on table identity is 'Who an account''s person is: expected by an invitation, or bound once proved. sealed holds country, type and value; blind_index is a keyed hash over all three. It outlives the removal of the authenticator, so that recovery can ask for the same person.';

create table identity_broker (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
  profile text not null,
  title jsonb not null,
  settings jsonb not null,
  secret bytea,
  position integer not null default 0,
  state text not null default 'open' check (state in ('open', 'closed')),
  created_at timestamptz not null
);
comment on table identity_broker is 'Identification brokers and Suomi.fi, as an operator has configured them. title is the name that people see.';

create function tell_identity_broker_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('vahva_identity_broker', '');
  return null;
end $$;
create trigger identity_broker_changed after insert or update or delete on identity_broker
  for each statement execute function tell_identity_broker_changed();

create table relying_party_key (
  kid text primary key,
  use text not null check (use in ('entity', 'sig', 'enc')),
  private_key bytea not null,
  certificate text not null,
  created_at timestamptz not null,
  signs_from timestamptz not null,
  published_until timestamptz,
  used_until timestamptz
);
comment on table relying_party_key is 'Our keys towards brokers: sig signs requests, enc decrypts answers, entity signs the key set. Null: without end. A new sig key is published before signs_from; an old enc key still decrypts after published_until.';

create table eid_request (
  state_hash bytea primary key,
  journey_id uuid not null references journey on delete cascade,
  kind text not null,
  broker text not null,
  memory bytea not null,
  level text not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  posted bytea,
  used_at timestamptz,
  answer bytea,
  broker_session bytea
);
create index eid_request_journey on eid_request (journey_id);
comment on table eid_request is 'A person sent to a broker, by the hash of the state that comes back: used once, in the browser that left. memory is what the answer is checked by, posted an answer that came as a form from the broker''s page, answer who it was until an account is chosen, broker_session what the broker''s session is ended by; all of these are sealed.';

create table eid_session (
  session_uid text primary key references session (uid) on delete cascade,
  broker text not null,
  key_hash bytea not null,
  broker_session bytea not null
);
create index eid_session_key on eid_session (key_hash);
comment on table eid_session is 'Sessions that began with a broker that has single logout, and what its own session is ended by (sealed).';

create table eid_logout (
  state_hash bytea primary key,
  browser_hash bytea not null,
  memory bytea not null,
  onward text not null,
  expires_at timestamptz not null
);
comment on table eid_logout is 'A browser that has signed out and was sent on to end the broker''s session too, by a hash of the broker and the state that comes back: gone once it has come back. memory (sealed) is what the answer is checked by, onward where the browser goes then.';

create table eid_logout_seen (
  message_hash bytea primary key,
  expires_at timestamptz not null
);
comment on table eid_logout_seen is 'Requests of brokers to end a session, by a hash of broker and message: each counts once, and none after expires_at.';
