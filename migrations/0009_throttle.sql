-- owner: platform/throttle
create table throttle (
  key text primary key,
  count integer not null,
  since timestamptz not null
) with (fillfactor = 80);
create index throttle_since on throttle (since);
comment on table throttle is 'Counters of attempts and messages, by a key that names what is limited.';
