-- The life of a case: who has it, what runs, what was promised, and a history that shows tampering.

alter table cases
    add column source text not null default 'mail',     -- mail, or by hand: mail, call, chat, visit
    add column rule text not null default '',           -- the rule of its last flag
    add column owner text,                              -- a person's id in the duty file
    add column timetable jsonb not null default '{}',   -- the clocks, frozen when it was flagged
    add column held_until timestamptz,
    add column confirm_tries integer not null default 0,
    add column acknowledged_at timestamptz,
    add column answered_at timestamptz,
    add column told_at timestamptz,                     -- the customer was told the outcome
    add column confirmed_at timestamptz,                -- the customer said it works
    add column ended_at timestamptz,                    -- closed or dismissed
    add column manager_told_at timestamptz,             -- last time, and what was said then
    add column manager_told text not null default '',
    add column done text not null default '',           -- what was done, in the words of the one who did
    add column phone text not null default '',          -- how the customer wants to be reached
    add column revision integer not null default 0,     -- number of events: grows with every change
    add column head bytea not null default '';          -- hash of the last event
-- Cases from before cases had clocks get these; they start when the first worker does.
update cases set timetable = '{"name": "high", "at_once": 1, "every_channel": false,
    "repeat": 600, "tries": 1, "ceiling": 900, "answer": 7200, "progress": 86400,
    "outcome": 172800, "confirm": 172800, "confirm_tries": 3, "manager": 14400,
    "working_hours": false}';
create index cases_open on cases (severity, id) where ended_at is null;
create index cases_by_owner on cases (owner) where ended_at is null;
create index cases_by_customer on cases (customer_address, id desc);

-- A clock that runs. A case that is not ended has at least one; a row that rang for the last time
-- or was stopped is gone, its event stays.
create table clock (
    case_id bigint not null references cases,
    kind text not null,
    about text not null default '',          -- a promise's number, where there are several of a kind
    due timestamptz not null,
    round integer not null default 0,        -- how often it rang
    primary key (case_id, kind, about)
);
create index clock_by_due on clock (due);

create table promise (
    case_id bigint not null references cases,
    number integer not null,                 -- 1, 2, ... within the case
    what text not null,
    due timestamptz not null,
    made_by text not null,
    made_at timestamptz not null,
    kept_at timestamptz,
    overdue boolean not null default false,  -- whether its date went by before it was kept
    primary key (case_id, number)
);

-- Every event carries the hash of the one before it and of all it says itself.
alter table event
    add column place integer,
    add column before bytea,
    add column hash bytea;

create function event_hash(e event) returns bytea language sql stable as $$
    select sha256(convert_to(jsonb_build_array(
        e.case_id, e.place, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.who, e.what, e.data, encode(e.before, 'hex'))::text, 'UTF8'))
$$;

create function chain_event() returns trigger language plpgsql as $$
begin
    update cases set revision = revision + 1 where id = new.case_id
        returning revision, head into new.place, new.before;
    new.hash := event_hash(new);
    update cases set head = new.hash where id = new.case_id;
    return new;
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the history of a case is append-only';
end $$;

do $$
declare e event;
begin
    for e in select * from event order by id loop
        update cases set revision = revision + 1 where id = e.case_id
            returning revision, head into e.place, e.before;
        e.hash := event_hash(e);
        update event set place = e.place, before = e.before, hash = e.hash where id = e.id;
        update cases set head = e.hash where id = e.case_id;
    end loop;
end $$;

alter table event
    alter column place set not null,
    alter column before set not null,
    alter column hash set not null,
    add constraint event_place unique (case_id, place);
create trigger event_chain before insert on event for each row execute function chain_event();
create trigger event_kept before update or delete on event
    for each row execute function refuse_change();

-- A digest over all histories, one a day and on request: kept outside, it shows a cut tail too.
create table seal (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    events bigint not null,                  -- the last event it covers
    hash bytea not null
);

-- Notices are of many kinds now, about a case rather than a flag, by mail or another channel.
alter table notice
    alter column flag_id drop not null,
    add column kind text not null default 'flag',
    add column case_id bigint references cases,
    add column person text not null default '',      -- id in the duty file
    add column channel text not null default 'mail', -- or the name of a person's further channel
    add column facts jsonb not null default '{}',    -- what its words need beside the case
    add column urgent boolean not null default false, -- goes alone, whatever the storm
    add column held_until timestamptz,               -- waits for a bundle until then
    add column bundle bigint references notice;      -- the notice that carried it
update notice set case_id = flag.case_id from flag where flag.id = notice.flag_id;
drop index notice_unsent;
create index notice_unsent on notice (created_at) where state not in ('sent', 'dropped');
create index notice_by_case on notice (case_id, id);
create index notice_by_person on notice (recipient, created_at);
create index notice_held on notice (held_until) where state = 'held';
create index notice_by_bundle on notice (bundle) where bundle is not null;
