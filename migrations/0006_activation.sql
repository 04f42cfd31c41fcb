-- owner: activation
create table invitation (
  id uuid primary key,
  organisation_id uuid not null references organisation,
  account_id uuid not null references account on delete cascade,
  state text not null check (state in ('sent', 'opened', 'pin-verified', 'activated', 'revoked', 'locked')),
  pin_hash bytea,
  pin_expires_at timestamptz,
  pin_misses integer not null default 0,
  misses integer not null default 0,
  pin_sent_at timestamptz,
  expected_identity bytea,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  opened_at timestamptz,
  activated_at timestamptz
);
create unique index invitation_account on invitation (account_id);
create index invitation_organisation on invitation (organisation_id, id);
comment on table invitation is 'The invitation of an account. pin_misses counts wrong PINs against this PIN, misses against the invitation since it was last sent.';

create table invitation_link (
  token_hash bytea primary key,
  invitation_id uuid not null references invitation on delete cascade,
  created_at timestamptz not null,
  replaced_at timestamptz
);
create index invitation_link_invitation on invitation_link (invitation_id);
comment on table invitation_link is 'The activation links of an invitation; replaced ones are kept so that their page can say so.';
