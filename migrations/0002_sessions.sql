-- owner: sessions
create table session (
  uid text primary key,
  id_hash bytea not null unique,
  account_id uuid references account on delete cascade,
  account_epoch integer,
  proofs jsonb not null default '[]',
  acr text,
  amr text[] not null default '{}',
  authenticated_at timestamptz,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  idle_seconds integer not null,
  ends_with_browser boolean not null default false,
  browser text,
  network text,
  provider jsonb not null default '{}'
) with (fillfactor = 80);
create index session_account on session (account_id) where account_id is not null;
create index session_expires on session (expires_at);
comment on table session is 'A browser that is signed in. Only the hash of its cookie is kept. provider holds what the OpenID provider remembers of it: applications, their sid and grant.';
