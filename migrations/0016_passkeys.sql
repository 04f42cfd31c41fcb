-- owner: authenticators/passkey
create table passkey_user (
  account_id uuid primary key references account on delete cascade,
  handle bytea not null unique
);
comment on table passkey_user is 'What authenticators know an account by (WebAuthn''s user handle): random, and nothing of the person. Made when the account is first asked to make a passkey.';

create table passkey (
  authenticator_id uuid primary key references authenticator on delete cascade,
  account_id uuid not null references account on delete cascade,
  credential_id bytea not null unique,
  public_key bytea not null,
  counter bigint not null,
  backup_eligible boolean not null,
  transports text[] not null default '{}',
  copy_told_at timestamptz
);
create index passkey_account on passkey (account_id);
comment on table passkey is 'A passkey of an account: its public key (COSE), and how often it has signed, where it counts. copy_told_at is when the person was last told that there seems to be a copy of it.';

create table passkey_challenge (
  journey_id uuid not null references journey on delete cascade,
  kind text not null,
  challenge bytea not null,
  expires_at timestamptz not null,
  primary key (journey_id, kind)
);
comment on table passkey_challenge is 'What a passkey has to sign for a step of a journey: random, and gone once an answer to it has come, whatever it was.';
