-- What waits for a person is of several domains, may be that something goes, and says what there is to know.
alter table conflicts alter column hash drop not null;
alter table conflicts add column domain text not null default 'components';
alter table conflicts add column why text not null default '';
create index conflicts_of_clients on conflicts (project, worker, document, turn desc) where domain = 'clients';

-- The clients whose configurations are synced: as their records stand.
create view clients as
select d.id, d.project, substr(d.path, 9) as name, said->>'type' as type, said->>'scope' as scope,
    said->>'config_path' as config_path, said->>'machine' as machine, said->'settings' as settings,
    d.created_at, d.updated_at
from documents d
join versions v on v.document = d.id and v.number = d.head
join blobs b on b.hash = v.hash
cross join lateral (select convert_from(b.content, 'UTF8')::jsonb as said) as content
where d.domain = 'sync' and d.path like 'clients/%';

-- Which programs have synced which clients.
create table adapters (
    id             uuid  primary key,
    client_type    text  not null,
    version        text  not null,
    schema_version int   not null,
    metadata       jsonb not null,
    unique (client_type, version)
);

-- What syncs did, one for each client.
create table sync_sessions (
    id          uuid        primary key,
    client_id   uuid        not null,
    project     text        not null,
    client      text        not null,
    trigger     text        not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    status      text        not null check (status in ('pending', 'running', 'success', 'failed')),
    summary     jsonb       not null
);
create index sync_sessions_by_age on sync_sessions (project, started_at desc, id desc);
create index sync_sessions_by_client on sync_sessions (client_id, started_at desc, id desc);
create index sync_sessions_open on sync_sessions (project, client) where status in ('pending', 'running');

create table sync_events (
    id         uuid        primary key,
    session_id uuid        not null,
    number     int         not null, -- in its session, from 1
    project    text        not null,
    client     text        not null,
    event_type text        not null,
    level      text        not null,
    element    text,
    message    text        not null,
    payload    jsonb       not null,
    created_at timestamptz not null
);
create index sync_events_by_age on sync_events (project, created_at desc, session_id desc, number desc);
create index sync_events_by_element on sync_events (project, element, created_at desc) where element is not null;
create index sync_events_by_session on sync_events (session_id, number);

create table artifacts (
    id            uuid   primary key,
    session_id    uuid   not null,
    artifact_type text   not null,
    storage_path  text   not null, -- in the blob store
    checksum      text   not null, -- BLAKE3
    size          bigint not null
);
create index artifacts_by_session on artifacts (session_id);

-- Who did what: what began each story in the archive, and what each sync decided, with both sides.
create view audit_logs as
select id, actor as user_id, kind as action, project, subject as target, event::jsonb->'data' as details,
    time as created_at
from events where id = correlation
union all
select id, client, 'sync.' || event_type, project, coalesce(element, client), payload, created_at
from sync_events where event_type = 'decision';
