-- owner: cases
create table support_case (
  id uuid primary key,
  reference text not null unique,
  organisation_id uuid not null references organisation,
  account_id uuid not null references account on delete cascade,
  epoch integer not null,
  kind text not null check (kind in ('guest', 'not-bound', 'document', 'frozen')),
  state text not null check (state in ('unconfirmed', 'open', 'approved', 'refused', 'closed')),
  email bytea not null,
  message bytea,
  facts jsonb not null,
  journey_id uuid,
  token_hash bytea unique,
  expires_at timestamptz,
  opened_at timestamptz not null,
  confirmed_at timestamptz,
  decided_at timestamptz,
  decided_by text,
  reason bytea
);
create unique index support_case_open on support_case (account_id, kind) where state = 'open' and kind <> 'document';
create unique index support_case_journey on support_case (journey_id) where kind = 'document' and state in ('open', 'approved');
create index support_case_waiting on support_case (opened_at) where state in ('open', 'approved');
create index support_case_account on support_case (account_id, opened_at);
comment on table support_case is 'What waits for a support agent. reference is what the person''s page showed; email (the address on record then), message and reason are sealed. token_hash finds the page of its confirmation. expires_at: until when the address can be confirmed, a document approved, or its approval used; nothing of it holds once the account''s epoch is another. Of a document each journey has its own case, since the approval is good in that one alone; of every other kind an account has one that is open.';
