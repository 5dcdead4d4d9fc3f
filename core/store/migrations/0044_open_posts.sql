-- What is still to be sent is found by its channel alone. PostgreSQL chose this index instead as long as it took the
-- posts that wait for few, and read all of them for each channel.
DROP INDEX outbox_open;
