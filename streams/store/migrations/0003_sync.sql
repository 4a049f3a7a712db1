-- Where a worker's side and the active version need a person, and what that person decided. The judge's own table.
create table conflicts (
    id         uuid        primary key,
    document   uuid        not null,
    project    text        not null,
    path       text        not null,
    worker     text        not null,
    turn       int         not null, -- among those of this worker about this document
    hash       text        not null,
    base       text,
    head       text,
    state      text        not null check (state in ('pending', 'upload', 'download', 'skip', 'superseded')),
    created_at timestamptz not null,
    decided_at timestamptz,
    decided_by text
);
create unique index conflicts_by_worker on conflicts (document, worker, turn);
create index conflicts_by_age on conflicts (project, created_at desc, id desc);
create index conflicts_pending on conflicts (project, created_at desc, id desc) where state = 'pending';

-- What each revision of an experiment's manifest names, so that a version knows who used it.
create table manifest_entries (
    document uuid not null,
    number   int  not null,
    path     text not null,
    hash     text not null,
    primary key (document, number, path)
);
create index manifest_entries_by_version on manifest_entries (hash, path, document);
