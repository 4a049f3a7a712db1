-- What the consumer groups remember of their own work.

-- How far each group has come. Who adopts a partition raises its epoch; only the newest epoch may write.
create table positions (
    group_name   text   not null,
    topic        text   not null,
    partition    int    not null,
    epoch        bigint not null default 0,
    seq          bigint not null default 0,
    entry_offset bigint not null default 0,
    primary key (group_name, partition, topic)
);

-- "Group G handled event E", with what it derived from it (JSON lines), until that is surely published.
create table handled (
    event_id   uuid   not null,
    group_name text   not null,
    seq        bigint not null,
    derived    text   not null,
    primary key (event_id, group_name)
);
create index handled_by_age on handled (group_name, seq);

-- Events that wait for another try, and those of the same key behind them.
create table held (
    group_name text        not null,
    partition  int         not null,
    key        text        not null,
    seq        bigint      not null,
    topic      text        not null,
    entry_offset bigint    not null,
    event      bytea       not null,
    attempts   int         not null,
    due_at     timestamptz not null,
    error      text        not null,
    primary key (group_name, partition, key, seq)
);

-- What was given up, until a person decides.
create table dead_letters (
    id           uuid        primary key,
    group_name   text        not null,
    event_id     uuid,
    kind         text        not null,
    project      text        not null,
    subject      text        not null,
    topic        text        not null,
    partition    int         not null,
    seq          bigint      not null,
    entry_offset bigint      not null,
    event        bytea       not null,
    attempts     int         not null,
    error        text        not null,
    traceback    text        not null,
    buried_at    timestamptz not null,
    state        text        not null default 'buried' check (state in ('buried', 'retried', 'dropped')),
    decided_by   text,
    decided_at   timestamptz
);
create index dead_letters_by_age on dead_letters (seq desc) where state = 'buried';

-- Everything that ever happened, in its canonical bytes.
create table events (
    seq          bigint      primary key,
    topic        text        not null,
    partition    int         not null,
    entry_offset bigint      not null,
    id           uuid,
    kind         text        not null,
    project      text        not null,
    subject      text        not null,
    actor        text        not null,
    time         timestamptz,
    correlation  uuid,
    event        text        not null,
    unique (topic, partition, entry_offset)
);
create index events_by_id on events (id);
create index events_by_story on events (correlation, seq);
create index events_by_subject on events (project, subject, seq);
create index events_by_kind on events (kind, seq);
create index events_by_time on events using brin (time);

-- What there is: contents, documents, their versions, and how their heads moved.

create table blobs (
    hash    text   primary key,
    digest  text   not null,
    size    bigint not null,
    content bytea  not null
);

create table documents (
    id         uuid        primary key,
    project    text        not null,
    domain     text        not null,
    path       text        not null,
    head       int,
    versions   int         not null,
    moves      int         not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (project, domain, path)
);

create table versions (
    document   uuid        not null references documents,
    number     int         not null,
    hash       text        not null references blobs,
    size       bigint      not null,
    reason     text        not null,
    event_id   uuid        not null,
    actor      text        not null,
    created_at timestamptz not null,
    primary key (document, number)
);
create index versions_by_hash on versions (hash);

create table head_moves (
    document   uuid        not null references documents,
    move       int         not null,
    number     int,
    reason     text        not null,
    event_id   uuid        not null,
    actor      text        not null,
    created_at timestamptz not null,
    primary key (document, move)
);

-- What the judge knows: the heads and hashes that its own decisions have made, whoever has persisted them yet.
create table judged (
    document uuid primary key,
    head     text
);
create table judged_hashes (
    document uuid not null,
    hash     text not null,
    primary key (document, hash)
);

-- Who may.
create table credentials (
    sha256     bytea       primary key,
    kind       text        not null check (kind in ('key', 'session', 'link')),
    name       text        not null,
    role       text        not null,
    created_at timestamptz not null,
    expires_at timestamptz
);
