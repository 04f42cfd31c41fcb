-- owner: authenticators/certificate
create table certificate (
  authenticator_id uuid primary key references authenticator on delete cascade,
  account_id uuid not null references account on delete cascade,
  organisation_id uuid not null references organisation,
  card_hash bytea not null,
  holder_hash bytea,
  sealed bytea not null,
  not_after timestamptz not null,
  told_days integer check (told_days in (0, 7, 30)),
  unique (card_hash, organisation_id)
);
create index certificate_account on certificate (account_id);
create index certificate_not_after on certificate (not_after);
comment on table certificate is 'A certificate card of an account. card_hash is a keyed hash of issuer, serial number and public key: that card and no other; holder_hash one of issuer and holder, the same on a renewed card. sealed holds what the certificate says, as evidence. told_days: of which expiry the person was told last, in days before it.';

create table certificate_handover (
  path_hash bytea primary key,
  browser_hash bytea not null,
  journey_id uuid references journey on delete cascade,
  kind text not null check (kind in ('certificate', 'certificate-link', 'test')),
  expires_at timestamptz not null,
  presented_at timestamptz,
  code_hash bytea unique,
  shown bytea,
  used_at timestamptz,
  waits boolean not null default false,
  check ((kind = 'test') = (journey_id is null))
);
create index certificate_handover_journey on certificate_handover (journey_id);
comment on table certificate_handover is 'A browser sent to the address where it shows a certificate, by the hash of the one-time path there; and what came, sealed, by the hash of the one-time code that the browser brings back. Without a journey: the test of a card. waits: until the person has said which of their accounts they mean.';
