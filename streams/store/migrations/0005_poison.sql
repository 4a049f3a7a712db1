-- Dead letters with a history: every burial and every decision, in the order in which they came.

alter table dead_letters add column key text; -- the partition key under which the event waits in `held`
update dead_letters set key = case when event_id is null then format('?/%s/%s-%s', topic, seq, entry_offset)
    else project || '/' || subject end;
alter table dead_letters alter column key set not null;

alter table dead_letters add column acts int not null default 1;
alter table dead_letters drop constraint dead_letters_state_check;
update dead_letters set state = 'discarded' where state = 'dropped';
update dead_letters set acts = 2 where state <> 'buried';
alter table dead_letters add constraint dead_letters_state_check check (state in ('buried', 'retried', 'discarded'));

drop index dead_letters_by_age;
create index dead_letters_by_age on dead_letters (seq desc, id desc);
create index dead_letters_by_state on dead_letters (state, seq desc, id desc);
create index dead_letters_by_group on dead_letters (group_name, state, seq desc, id desc);

-- `words`: the error of a burial, the reason of a decision. `told`: it stands in the log for certain.
create table letter_acts (
    letter   uuid        not null references dead_letters,
    number   int         not null,
    act      text        not null check (act in ('buried', 'retried', 'discarded')),
    at       timestamptz not null,
    actor    text        not null,
    words    text        not null,
    attempts int         not null,
    told     boolean     not null default false,
    primary key (letter, number)
);
create index letter_acts_untold on letter_acts (at, letter, number) where not told;

insert into letter_acts select id, 1, 'buried', buried_at, group_name, error, attempts, true from dead_letters;
insert into letter_acts select id, 2, state, coalesce(decided_at, buried_at), coalesce(decided_by, '?'), '', attempts, true
    from dead_letters where state <> 'buried';
