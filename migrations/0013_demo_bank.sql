-- owner: demo
create table demo_bank_key (
  use text primary key check (use in ('entity', 'sig')),
  private_key bytea not null,
  created_at timestamptz not null
);
comment on table demo_bank_key is 'Demo mode only: what the demo bank signs with (sealed). It is made once, since brokers'' entity keys are pinned.';

create table demo_bank_used (
  value_hash bytea primary key,
  expires_at timestamptz not null
);
create index demo_bank_used_expires on demo_bank_used (expires_at);
comment on table demo_bank_used is 'Demo mode only: marks of one-time values that the demo bank has seen, namely requests, client assertions and codes.';
