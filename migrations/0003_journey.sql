-- owner: journey
create table authenticator (
  id uuid primary key,
  account_id uuid not null references account on delete cascade,
  method text not null,
  name text,
  linked_at timestamptz not null,
  last_used_at timestamptz,
  removed_at timestamptz
);
create index authenticator_account on authenticator (account_id);
comment on table authenticator is 'One method bound to one account. A removed one is kept, with its time: every authenticator ever bound stays on record.';

create table journey (
  id uuid primary key,
  purpose text not null,
  browser_hash bytea not null,
  organisation_id uuid references organisation,
  account_id uuid references account on delete cascade,
  account_epoch integer,
  subject_id uuid,
  method text,
  application text,
  return_to text,
  requested jsonb not null default '{}',
  notice jsonb,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  result jsonb
) with (fillfactor = 80);
create index journey_expires on journey (expires_at);
create index journey_browser on journey (browser_hash);
create index journey_subject on journey (subject_id) where subject_id is not null;
comment on table journey is 'A way in, from its first page to its end: sign-in, activation, change of password. subject_id is what started it, for example an invitation.';

create table proof (
  journey_id uuid not null references journey on delete cascade,
  kind text not null,
  authenticator_id uuid,
  shown_at timestamptz not null,
  primary key (journey_id, kind)
);
comment on table proof is 'What the person has shown on a journey. A step is done only if its proof is here.';

create table known_browser (
  browser_hash bytea not null,
  account_id uuid not null references account on delete cascade,
  method text not null,
  last_used_at timestamptz not null,
  primary key (browser_hash, account_id)
);
create index known_browser_account on known_browser (account_id);
comment on table known_browser is 'Browsers in which an account has signed in: strangers'' wrong passwords do not slow them, and the sign-in page remembers organisation and method.';
