-- Since when a clock waits for a person. A clock that rings goes on to a later time, but what it
-- waits for has been overdue since it first rang: by that the queue is sorted.
alter table clock add column since timestamptz;
update clock set since = due;
alter table clock alter column since set not null;

create function clock_waits_since() returns trigger language plpgsql as $$
begin
    new.since := case when tg_op = 'UPDATE' and new.round > 0 then old.since else new.due end;
    return new;
end $$;
create trigger clock_since before insert or update on clock
    for each row execute function clock_waits_since();

create index clock_by_since on clock (since, case_id);
