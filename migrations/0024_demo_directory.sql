-- owner: adapters/demo-directory
create table demo_directory (
  name text primary key,
  mood text not null check (mood in ('fine', 'busy', 'away', 'refuses'))
);
comment on table demo_directory is 'Demo mode only: how the demo''s other systems answer, as whoever watches has chosen; those without a row are fine.';

create table demo_directory_account (
  directory text not null,
  account_id uuid not null,
  user_name text not null,
  is_active boolean not null,
  methods jsonb not null,
  sessions_ended_at timestamptz,
  primary key (directory, account_id)
);
comment on table demo_directory_account is 'Demo mode only: the accounts of the demo''s other systems. methods is a list of id, name and linkedAt.';
