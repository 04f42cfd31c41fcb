-- owner: authenticators/totp
create table totp (
  authenticator_id uuid primary key references authenticator on delete cascade,
  secret bytea not null,
  algorithm text not null default 'SHA1',
  digits integer not null default 6,
  period integer not null default 30,
  last_step bigint not null,
  spent_steps bigint[] not null default '{}',
  failures integer not null default 0,
  blocked_until timestamptz
) with (fillfactor = 80);
comment on table totp is 'The secret of an authenticator app or token (sealed) and which time steps are spent: RFC 6238.';

create table totp_offer (
  account_id uuid primary key references account on delete cascade,
  journey_id uuid not null references journey on delete cascade,
  secret bytea not null,
  spent_steps bigint[] not null default '{}',
  created_at timestamptz not null
);
create index totp_offer_journey on totp_offer (journey_id);
comment on table totp_offer is 'A secret shown as a QR code and not confirmed yet: one per account, so that two tabs never leave two live ones.';
