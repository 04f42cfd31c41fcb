-- owner: applications
create table application (
  client_id text primary key,
  organisation_id uuid references organisation,
  name jsonb not null,
  settings jsonb not null,
  secret bytea,
  state text not null default 'open' check (state in ('open', 'closed')),
  version integer not null default 1,
  created_at timestamptz not null
);
comment on table application is 'A relying party. settings is its OpenID Connect client metadata; its secret is sealed, since the engine compares the plain value.';

create table signing_key (
  kid text primary key,
  algorithm text not null,
  private_key bytea not null,
  published_at timestamptz not null,
  signs_from timestamptz not null,
  retired_at timestamptz
);
comment on table signing_key is 'The keys that sign tokens: published before they sign and after they have stopped. The private key is sealed.';

create table oidc_grant (
  id text primary key,
  account_id uuid references account on delete cascade,
  account_epoch integer,
  client_id text not null,
  payload jsonb not null,
  generation integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null
) with (fillfactor = 85);
create index oidc_grant_account on oidc_grant (account_id);
create index oidc_grant_expires on oidc_grant (expires_at);
comment on table oidc_grant is 'What an application may learn of an account in one session: one row for each pair. Raising generation revokes every token of the grant; the row stays until they have expired.';

create table oidc_token (
  id_hash bytea primary key,
  kind text not null,
  grant_id text,
  generation integer,
  session_uid text,
  payload json not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz
) with (fillfactor = 85);
create index oidc_token_expires on oidc_token (expires_at);
comment on table oidc_token is 'Codes, access tokens, refresh tokens, pushed requests and interactions too large for a cookie, by the hash of their value. session_uid is set on those that end with the session.';

create table oidc_used (
  id_hash bytea primary key,
  expires_at timestamptz not null
);
create index oidc_used_expires on oidc_used (expires_at);
comment on table oidc_used is 'Marks of one-time values seen: the jti of client assertions.';

-- Nodes keep applications and keys in memory; these tell them what to drop, whoever makes the change.
create function tell_application_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('vahva_application', coalesce(new.client_id, old.client_id));
  return null;
end $$;
create trigger application_changed after insert or update or delete on application
  for each row execute function tell_application_changed();

create function tell_all_applications_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('vahva_application', '');
  return null;
end $$;
create trigger organisation_state_changed after update of state on organisation
  for each row when (old.state is distinct from new.state) execute function tell_all_applications_changed();

create function tell_signing_key_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('vahva_signing_key', '');
  return null;
end $$;
create trigger signing_key_changed after insert or update or delete on signing_key
  for each statement execute function tell_signing_key_changed();
