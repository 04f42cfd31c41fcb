-- owner: audit
create table audit_stream (
  stream text primary key,
  head bigint not null,
  mac bytea not null
);
comment on table audit_stream is 'The head of each chain of audit rows: one per organisation, and "service" for what belongs to none.';

create table audit_event (
  stream text not null,
  number bigint not null,
  id uuid not null,
  at timestamptz not null,
  type text not null,
  result text not null,
  actor text not null,
  account_id uuid,
  reference text,
  network text,
  detail jsonb not null default '{}',
  mac bytea not null,
  primary key (stream, number)
);
create index audit_event_account on audit_event (account_id, at desc) where account_id is not null;
create index audit_event_reference on audit_event (reference) where reference is not null;
comment on table audit_event is 'What happened, append-only. Each row''s mac covers the row and the mac before it, under a key that the database never sees.';

create table audit_checkpoint (
  stream text not null,
  number bigint not null,
  at timestamptz not null,
  event_mac bytea not null,
  mac bytea not null,
  primary key (stream, number)
);
comment on table audit_checkpoint is 'Signed milestones of each chain, so that a cut tail or a restored backup shows.';
