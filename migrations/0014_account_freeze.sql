-- owner: messages
alter table account drop constraint account_state_check;
alter table account add constraint account_state_check
  check (state in ('invited', 'activating', 'active', 'frozen', 'closed'));

create table notice_link (
  token_hash bytea primary key,
  account_id uuid not null references account on delete cascade,
  event text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index notice_link_account on notice_link (account_id);
create index notice_link_expires on notice_link (expires_at);
comment on table notice_link is 'The links of notices by which a person says "this was not me", by a keyed hash: each freezes its account once, and nothing else. event is the template of the notice that carried it. All of an account are used once one is.';
