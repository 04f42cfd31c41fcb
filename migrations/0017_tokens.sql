-- owner: authenticators/totp
alter table totp add column drift integer;
comment on table totp is 'The secret of an authenticator app or token (sealed) and which time steps are spent: RFC 6238. drift is by how many steps a hardware token''s clock was ahead of ours when a code was last taken from it; null for an app, whose phone keeps its own time.';

create table token (
  id uuid primary key,
  organisation_id uuid not null references organisation,
  serial text not null,
  manufacturer text,
  model text,
  secret bytea,
  algorithm text not null,
  digits integer not null,
  period integer not null,
  imported_at timestamptz not null,
  authenticator_id uuid references authenticator on delete cascade,
  retired_at timestamptz,
  check (secret is null or (authenticator_id is null and retired_at is null))
);
create unique index token_serial on token (organisation_id, serial) where retired_at is null;
create index token_free on token (organisation_id) where authenticator_id is null and retired_at is null;
create index token_authenticator on token (authenticator_id);
comment on table token is 'Pre-programmed hardware tokens that an operator has imported, each linked by its serial number once. secret (sealed) is gone from here when the token is linked: it lies in totp from then on. A token that was imported anew retires its older row.';
