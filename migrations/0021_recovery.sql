-- owner: recovery
create table recovery (
  id uuid primary key,
  token_hash bytea not null unique,
  organisation_id uuid not null references organisation,
  account_id uuid not null references account on delete cascade,
  browser_hash bytea not null,
  epoch integer not null,
  proved_by text not null,
  proved_at timestamptz not null,
  removed text[] not null,
  sessions integer not null,
  reference text not null,
  return_to text,
  made_at timestamptz not null
);
create index recovery_account on recovery (account_id);
create index recovery_made on recovery (made_at);
comment on table recovery is 'Resets of an account''s authenticators, each by whoever proved to be its person. id is the journey''s and the cause of the directories'' jobs; token_hash finds the page that follows them. In the browser of browser_hash, while the account''s epoch is still this one, an authenticator may be linked anew. removed names the methods, sessions how many ended, reference is what support finds the reset by, return_to the sign-in that the person came from.';
