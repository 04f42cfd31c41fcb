-- owner: messages
create table message (
  id uuid primary key,
  channel text not null check (channel in ('email', 'sms')),
  template text not null,
  organisation_id uuid references organisation,
  account_id uuid references account on delete set null,
  subject_id uuid,
  language text not null,
  contents bytea,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'expired', 'failed', 'withdrawn')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  expires_at timestamptz not null,
  reason text,
  created_at timestamptz not null,
  delivered_at timestamptz,
  check ((state = 'waiting') = (contents is not null)),
  check ((state = 'waiting') = (next_attempt_at is not null))
) with (fillfactor = 80);
create index message_waiting on message (channel, next_attempt_at) where state = 'waiting';
create index message_account on message (account_id) where account_id is not null;
create index message_subject on message (subject_id, created_at desc) where subject_id is not null;
comment on table message is 'The outbox: e-mails and text messages until they are delivered, and what became of them. contents (address and text) is sealed, and gone once the message is no longer waiting. Each claim raises attempts, which fences the one before it off.';
