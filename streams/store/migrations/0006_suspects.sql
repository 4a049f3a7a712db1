-- What was at hand when a process ended, where the log is not in Redis, which keeps such notes itself.
create table suspects (
    group_name   text    not null,
    topic        text    not null,
    partition    int     not null,
    entry_offset bigint  not null,
    alone        boolean not null, -- this entry; else a batch that begins with it
    begun        int     not null, -- processes that have begun it, one after another
    process      text    not null, -- the last of them
    primary key (group_name, topic, partition, entry_offset, alone)
);
