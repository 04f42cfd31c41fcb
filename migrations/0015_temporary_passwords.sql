-- owner: authenticators/password
create table temporary_password (
  account_id uuid primary key references account on delete cascade,
  hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ordered_by text not null
);
comment on table temporary_password is 'The temporary password of an account, good for choosing one of one''s own: 64 random bits as a keyed hash, bound to the account. A new one replaces it; using it deletes the row. ordered_by is an actor of the audit.';

alter table password add column ended_at timestamptz;
comment on column password.ended_at is 'From then on it is no password any more: support has ordered a new one. The hash stays, so that it is not chosen again.';
