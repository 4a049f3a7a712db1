-- The archive, by month of the events' time, each event chained to the one before it in its stream.
--
-- digest = SHA-256(digest of the event before it, 32 zero bytes before the first
--                  || topic/partition/offset/seq and a line feed || the event's bytes).
alter table events rename to events_before;
drop index events_by_id, events_by_story, events_by_subject, events_by_kind, events_by_time;

create table events (
    seq          bigint      not null,
    topic        text        not null,
    partition    int         not null,
    entry_offset bigint      not null,
    id           uuid,
    kind         text        not null,
    project      text        not null,
    subject      text        not null,
    actor        text        not null,
    time         timestamptz not null, -- of what cannot be read: that of the event before it in its stream
    correlation  uuid,
    event        text        not null,
    digest       bytea       not null,
    primary key (seq, time)
) partition by range (time);
create unique index events_by_place on events (topic, partition, entry_offset, time);
create index events_by_id on events (id);
create index events_by_story on events (correlation, seq);
create index events_by_subject on events (project, subject, seq);
create index events_by_kind on events (kind, seq);
create index events_by_time on events using brin (time);

-- Where each chain ends.
create table chains (
    topic        text        not null,
    partition    int         not null,
    entry_offset bigint      not null,
    seq          bigint      not null,
    digest       bytea       not null,
    time         timestamptz not null,
    signed       bigint      not null default 0, -- the last offset that a checkpoint names
    primary key (topic, partition)
);

-- A month's part of the archive; made when its first event comes, whoever comes first.
create function make_events_month(moment timestamptz) returns void language plpgsql as $$
declare
    first timestamptz := date_trunc('month', moment, 'UTC');
    part text := 'events_' || to_char(first at time zone 'UTC', 'YYYY_MM');
begin
    if to_regclass(part) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext('events month'));
    if to_regclass(part) is null then
        execute format('create table %I (like events including defaults)', part);
        execute format('alter table events attach partition %I for values from (%L) to (%L)',
            part, first, date_trunc('month', first + interval '32 days', 'UTC'));
    end if;
end
$$;

do $$
declare
    row record;
    last chains;
begin
    for row in select * from events_before order by seq loop
        select * into last from chains where topic = row.topic and partition = row.partition;
        last.time := coalesce(row.time, last.time, '1970-01-01Z');
        last.digest := sha256(coalesce(last.digest, decode(repeat('00', 32), 'hex'))
            || convert_to(format(E'%s/%s/%s/%s\n', row.topic, row.partition, row.entry_offset, row.seq), 'UTF8')
            || convert_to(row.event, 'UTF8'));
        perform make_events_month(last.time);
        insert into events values (row.seq, row.topic, row.partition, row.entry_offset, row.id, row.kind, row.project,
            row.subject, row.actor, last.time, row.correlation, row.event, last.digest);
        insert into chains (topic, partition, entry_offset, seq, digest, time)
            values (row.topic, row.partition, row.entry_offset, row.seq, last.digest, last.time)
            on conflict (topic, partition) do update
            set entry_offset = excluded.entry_offset, seq = excluded.seq, digest = excluded.digest, time = excluded.time;
    end loop;
end
$$;
drop table events_before;

-- Signed statements of where all chains ended at a moment, chained among themselves.
create table checkpoints (
    number     bigint      primary key,
    statement  text        not null, -- the very bytes that are signed
    signature  bytea       not null,
    created_at timestamptz not null
);

-- Months that lie in files. Their rows are in `events` too until they are dropped.
create table exported_months (
    month       date        primary key,
    path        text        not null,
    sha256      text        not null,
    events      bigint      not null,
    first_seq   bigint      not null,
    last_seq    bigint      not null,
    exported_at timestamptz not null,
    dropped_at  timestamptz
);

-- Which Redis holds the log. Numbers up to `settled` that the archive does not have were lost with an earlier one.
create table logs (
    number     int         primary key,
    id         uuid        not null,
    partitions int         not null,
    settled    bigint      not null,
    why        text        not null,
    created_at timestamptz not null
);

-- What was published by us and is not archived yet, to be published again where Redis loses it.
create table outbox (
    id        uuid   primary key,
    turn      bigint generated always as identity,
    topic     text   not null,
    partition int    not null,
    event     bytea  not null
);
create index outbox_by_turn on outbox (turn);

alter table dead_letters add column reason text;

-- Workers that know the old tables must not write any more: whoever adopts a partition asks for the schema first.
update positions set epoch = epoch + 1;
