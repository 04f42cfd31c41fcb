-- owner: authenticators/eid
alter table eid_request add column pending bytea;
alter table eid_request add column asked_at timestamptz;
comment on column eid_request.pending is 'Sealed: what the browser came back with, while the identification goes on elsewhere and the broker is asked again. asked_at is when it was last.';
