-- Under which number the log has what was published: so that it is known whether Redis has lost it.
alter table outbox add column seq bigint;
