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
comment on table oidc_grant is 'What an account granted to an application. Raising generation revokes every token of the grant.';

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
comment on table oidc_token is 'Codes, access tokens, refresh tokens, pushed requests and interactions, by the hash of their value. session_uid is set on those that end with the session.';

create table oidc_used (
  id_hash bytea primary key,
  expires_at timestamptz not null
);
create index oidc_used_expires on oidc_used (expires_at);
comment on table oidc_used is 'Marks of one-time values seen: jti of client assertions, interactions kept in a cookie.';
