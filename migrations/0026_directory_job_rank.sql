-- owner: directories
alter table directory_job add column rank smallint not null default 1 check (rank between 0 and 2);
update directory_job set rank = 0 where task = 'reset';
comment on column directory_job.rank is 'Who waits for it, and so what is carried first: 0 a person who watches, 1 a cause, 2 nobody (one of all accounts of a directory). 2 is not late, however long it waits.';
drop index directory_job_due;
create index directory_job_due on directory_job (directory_id, rank, next_attempt_at) where state = 'waiting';
drop index directory_job_unalarmed;
create index directory_job_unalarmed on directory_job (since) where alarmed_at is null and state in ('waiting', 'failed') and (state = 'failed' or rank < 2);
