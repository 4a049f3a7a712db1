-- What operators look at, often, is counted from indexes alone.
create index dead_letters_by_partition on dead_letters (group_name, partition) where state = 'buried';
create index held_by_age on held (group_name, partition, seq);

-- When a group's work on an event was done: the steps of a story, with what each of them took.
alter table handled add column at timestamptz;
alter table handled alter column at set default now();
