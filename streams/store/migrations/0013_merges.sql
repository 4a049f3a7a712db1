-- What a person made of both sides, by its hash, and what the worker's own file said when it asked: who says so still yields.
alter table conflicts drop constraint conflicts_state_check;
alter table conflicts add constraint conflicts_state_check
    check (state in ('pending', 'upload', 'download', 'skip', 'merge', 'superseded'));
alter table conflicts add column said text;
alter table conflicts add column merged text;
