-- owner: adapters/demo-inbox
create table demo_inbox (
  id uuid primary key,
  channel text not null check (channel in ('email', 'sms')),
  sender text,
  recipient text not null,
  subject text,
  text text not null,
  html text,
  at timestamptz not null
);
create index demo_inbox_at on demo_inbox (at desc, id desc);
comment on table demo_inbox is 'Demo mode only: what would have been sent.';
