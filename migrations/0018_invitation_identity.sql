-- owner: activation
-- For a while 0006 was without this column; databases that were made then get it here, before 0019 asks for it.
alter table invitation add column if not exists expected_identity bytea;
