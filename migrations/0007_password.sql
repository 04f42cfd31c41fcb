-- owner: authenticators/password
create table password (
  account_id uuid primary key references account on delete cascade,
  hash text not null,
  changed_at timestamptz not null
);
comment on table password is 'The password of an account: argon2id, keyed with a pepper that the database never sees.';
