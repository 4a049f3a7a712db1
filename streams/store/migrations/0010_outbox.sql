-- What is archived is told by its place in the log, piece by piece; what is not in the log is found at once.
drop index outbox_by_turn;
create index outbox_by_place on outbox (topic, partition, seq);
create index outbox_unpublished on outbox (turn) where seq is null;
