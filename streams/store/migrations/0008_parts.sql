-- A month may lie in several files: its events come late where a watcher was away, or a dead letter is tried again.
alter table exported_months add column part int not null default 1;
alter table exported_months drop constraint exported_months_pkey;
alter table exported_months add primary key (month, part);
