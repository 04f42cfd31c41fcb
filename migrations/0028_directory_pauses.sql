-- owner: directories
alter table directory add column closed_at timestamptz;
comment on column directory.closed_at is 'When it was closed after it had been open: what it has to be told is kept for it until it opens again. Null while it is open, and of one that was never open, for which nothing is kept.';

alter table directory_job add column in_vain integer not null default 0;
comment on column directory_job.in_vain is 'How many attempts there were since the last that got on: each lengthens the next wait.';
comment on column directory_job.reason is 'For operators: why it waits, was put off or failed; and of one that is done, why the pass that goes with it was not issued.';
