-- owner: recovery
create table recovery_link (
  id uuid primary key,
  account_id uuid not null unique references account on delete cascade,
  token_hash bytea not null unique,
  epoch integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index recovery_link_expires on recovery_link (expires_at);
comment on table recovery_link is 'The latest link by which an account may choose a new password, by a keyed hash: a newer one takes its place. It is good once, until expires_at, and while the account''s epoch is still this one: whatever ends the sessions ends it too.';
