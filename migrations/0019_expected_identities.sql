-- owner: activation
create index invitation_expected on invitation (id) where expected_identity is not null;
comment on column invitation.expected_identity is 'Written by versions before 0012, where identities have a table of their own: carried over there, and null from then on.';
