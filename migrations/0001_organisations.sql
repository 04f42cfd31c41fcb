-- owner: organisations
create table organisation (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name jsonb not null,
  sms_name text not null,
  languages text[] not null check (cardinality(languages) > 0),
  support jsonb not null default '[]',
  brand_colour text check (brand_colour ~ '^#[0-9a-f]{6}$'),
  logo bytea,
  logo_type text,
  logo_hash text,
  home jsonb,
  authenticator_name text not null,
  email_categories jsonb not null default '{}',
  policy jsonb not null,
  state text not null default 'open' check (state in ('open', 'closed')),
  created_at timestamptz not null
);
comment on table organisation is 'An employer or customer company: its people, policy, support contacts and look. The first of languages is its default.';

create table person (
  id uuid primary key,
  given_name text not null,
  family_name text not null,
  language text not null,
  created_at timestamptz not null
);
comment on table person is 'Who signs in. A person has one account in each organisation they work with.';

create table account (
  id uuid primary key,
  organisation_id uuid not null references organisation,
  person_id uuid not null references person,
  user_name text not null,
  email text not null,
  phone text,
  category text not null,
  roles text[] not null default '{}',
  home jsonb,
  state text not null check (state in ('invited', 'activating', 'active', 'closed')),
  epoch integer not null default 0,
  created_at timestamptz not null,
  activated_at timestamptz,
  closed_at timestamptz
);
create index account_organisation on account (organisation_id, id);
create index account_person on account (person_id);
comment on table account is 'A person in an organisation. Raising epoch ends every session, half-way journey and grant of the account at once.';

create table account_name (
  key text not null,
  organisation_id uuid not null references organisation,
  account_id uuid not null references account on delete cascade,
  primary key (key, organisation_id)
);
create index account_name_account on account_name (account_id);
comment on table account_name is 'What an account is found by at sign-in: user name and e-mail, folded for case, width and Unicode form. Unique in an organisation.';
