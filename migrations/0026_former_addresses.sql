-- owner: organisations
create table former_address (
  account_id uuid not null references account on delete cascade,
  channel text not null check (channel in ('email', 'sms')),
  address text not null,
  kept_until timestamptz not null,
  primary key (account_id, channel, address)
);
create index former_address_kept on former_address (kept_until);
comment on table former_address is 'Where an account''s person was told of changes before: e-mail addresses and phone numbers that were replaced. Nothing but notices goes there (REC-8), no account is found by them, and they are deleted once kept_until is over.';
