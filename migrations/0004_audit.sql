-- owner: audit
create table audit_stream (
  stream text primary key,
  head bigint not null,
  mac bytea not null,
  checkpoint bigint not null default 0,
  seal bytea not null
) with (fillfactor = 50);
comment on table audit_stream is 'The head of each chain of audit rows: one per organisation, and "service" for what belongs to none. checkpoint is the last one signed; seal covers the row, so that no earlier head can be made up.';

create table audit_event (
  stream text not null,
  number bigint not null,
  id uuid not null,
  at timestamptz not null,
  type text not null,
  result text not null check (result in ('done', 'refused')),
  actor text not null,
  account_id uuid,
  reference text,
  network text,
  detail jsonb not null default '{}',
  row_mac bytea not null,
  mac bytea not null,
  primary key (stream, number)
);
create index audit_event_account on audit_event (account_id, at desc, id desc) where account_id is not null;
create index audit_event_reference on audit_event (reference) where reference is not null;
comment on table audit_event is 'What happened, append-only. row_mac covers the row, mac its row_mac and the mac before it, under a key that the database never sees.';

create table audit_checkpoint (
  stream text not null,
  number bigint not null,
  at timestamptz not null,
  event_mac bytea not null,
  mac bytea not null,
  primary key (stream, number)
);
comment on table audit_checkpoint is 'Signed milestones of each chain, so that a cut tail or a restored backup shows. mac covers the row and the checkpoint before it.';

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op);
end
$$;
create trigger append_only before update or delete or truncate on audit_event
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on audit_checkpoint
  for each statement execute function refuse_change();
