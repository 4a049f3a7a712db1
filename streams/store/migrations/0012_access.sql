-- Who there is. Names are unique whatever the size of their letters.
create table users (
    id            uuid        primary key,
    name          text        not null,
    password      text        not null, -- argon2id
    role          text        check (role in ('viewer', 'user', 'admin')), -- in all projects
    projects      jsonb       not null, -- roles in some
    generation    int         not null default 1, -- log-ins of an earlier one have ended
    disabled      boolean     not null default false,
    created_at    timestamptz not null,
    last_login_at timestamptz
);
create unique index users_by_name on users (lower(name));

-- A log-in has the digest of the refresh token that is good now. What came by a key goes with it.
alter table credentials drop constraint credentials_kind_check;
alter table credentials
    add check (kind in ('key', 'session', 'link', 'login')),
    add column id uuid not null unique default gen_random_uuid(),
    add column projects text[], -- null: all
    add column owner uuid references users on delete cascade,
    add column generation int, -- the owner's, where it ends with that
    add column parent uuid,
    add column created_by text not null default '',
    add column last_used_at timestamptz;
alter table credentials add foreign key (parent) references credentials (id) on delete cascade;
create index credentials_by_owner on credentials (owner) where owner is not null;
create index credentials_by_parent on credentials (parent) where parent is not null;
create index credentials_by_expiry on credentials (expires_at) where expires_at is not null;
create index credentials_of_keys on credentials (created_at desc, id desc) where kind = 'key';

-- Refresh tokens that were exchanged: who shows one again has stolen it, or was stolen from.
create table spent_tokens (
    sha256   bytea       primary key,
    login    uuid        not null references credentials (id) on delete cascade,
    spent_at timestamptz not null
);
create index spent_tokens_by_login on spent_tokens (login);

-- What access tokens are signed with.
create table signing_key (
    number     int         primary key check (number = 1),
    secret     bytea       not null,
    created_at timestamptz not null
);

-- What was done about access.
create table access_acts (
    id      uuid        primary key,
    at      timestamptz not null,
    actor   text        not null,
    act     text        not null,
    target  text        not null,
    address text        not null
);
create index access_acts_by_age on access_acts (at desc, id desc);

-- The audit log is read newest first.
create index events_that_began on events (time desc, id desc) where id = correlation;
create index sync_events_of_decisions on sync_events (created_at desc, id desc) where event_type = 'decision';

create or replace view audit_logs as
select id, actor as user_id, kind as action, project, subject as target, event::jsonb->'data' as details,
    time as created_at, correlation as trace, null::text as address
from events where id = correlation
union all
select id, client, 'sync.' || event_type, project, coalesce(element, client), payload, created_at, null, null
from sync_events where event_type = 'decision'
union all
select id, actor, act, null, target, '{}'::jsonb, at, null, address
from access_acts;
