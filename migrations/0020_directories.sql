-- owner: directories
create table directory (
  id uuid primary key,
  organisation_id uuid not null references organisation,
  name text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
  kind text not null,
  title jsonb not null,
  categories text[] not null,
  set_up_url text,
  settings jsonb not null,
  secret bytea,
  position integer not null default 0,
  state text not null default 'open' check (state in ('open', 'closed')),
  created_at timestamptz not null,
  unique (organisation_id, name)
);
comment on table directory is 'Other systems that hold the same people''s credentials, as an operator has configured them, in the order in which people see them. categories: whose accounts are in it; none for all. set_up_url is where people link anew there. secret is sealed.';

create table directory_job (
  id bigint generated always as identity primary key,
  directory_id uuid not null references directory on delete cascade,
  account_id uuid not null references account on delete cascade,
  task text not null check (task in ('reset', 'account')),
  rank smallint not null default 1 check (rank between 0 and 2),
  cause_id uuid,
  state text not null check (state in ('waiting', 'done', 'failed', 'withheld')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  leased_until timestamptz,
  reason text,
  memory bytea,
  removed integer,
  total integer,
  remaining text[] not null default '{}',
  pass bytea,
  pass_expires_at timestamptz,
  made_at timestamptz not null,
  since timestamptz not null,
  ended_at timestamptz,
  alarmed_at timestamptz
);
create index directory_job_due on directory_job (directory_id, rank, next_attempt_at) where state = 'waiting';
create index directory_job_order on directory_job (directory_id, account_id, id) where state = 'waiting';
create index directory_job_leased on directory_job (directory_id, leased_until) where state = 'waiting' and leased_until is not null;
create index directory_job_account on directory_job (account_id);
create index directory_job_cause on directory_job (cause_id) where cause_id is not null;
create index directory_job_ended on directory_job (ended_at) where state = 'done';
create index directory_job_open on directory_job (state, id) where state <> 'done';
create index directory_job_unalarmed on directory_job (since) where alarmed_at is null and state in ('waiting', 'failed') and (state = 'failed' or rank < 2);
create index directory_job_alarmed on directory_job (directory_id, alarmed_at) where alarmed_at is not null;
comment on table directory_job is 'What directories have to be told, in the order of its causes: of one account''s jobs to one directory only the first that waits is carried, by one node until leased_until. memory (sealed) is what an attempt noted for the next, remaining names what could not be removed, pass (sealed) is shown once to whoever proved who they are. failed and withheld (the account was frozen) wait for an operator. made_at is when the cause was, since when it was last put to work (by its cause, or by an operator), alarmed_at when an operator was told that it failed or takes too long.';
comment on column directory_job.rank is 'Who waits for it, and so what is carried first: 0 a person who watches, 1 a cause, 2 nobody (one of all accounts of a directory). 2 is not late, however long it waits.';
