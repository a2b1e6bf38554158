-- What programs and people do over the API: said once, judged, followed live, passed on, brought in.

-- An answer already given to a request that is sent once more.
create table idempotency (
    account_id bigint not null references account,
    key text not null,
    digest bytea not null,                   -- of method, address and body
    status integer not null,
    body json,                               -- letter by letter
    headers jsonb not null default '{}',
    made_at timestamptz not null,
    primary key (account_id, key)
);
create index idempotency_by_age on idempotency (made_at);

-- What a person says of a signal that the model read, or did not read, in a mail.
create table verdict (
    mail_id bigint not null references mail on delete cascade,
    signal text not null,
    is_right boolean not null,
    it_was text not null,                    -- calm, upset, angry, irate; yes, no
    account_id bigint not null references account,
    who text not null,                       -- login
    at timestamptz not null,
    model text not null,                     -- empty where none read the mail
    score real,
    primary key (mail_id, signal)
);
create index verdict_by_age on verdict (at desc, mail_id desc, signal);

-- The queue: what runs out first, page by page.
create index clock_by_due_and_case on clock (due, case_id);
drop index clock_by_due;
create index mail_by_id_and_outcome on mail (outcome, id desc);

-- Who outside is told of what happens to cases.
create table webhook (
    id bigint generated always as identity primary key,
    url text not null,
    secret text not null,                    -- signs what is sent; shown once, when it is made
    kinds text[] not null default '{}',      -- names of events; none means all
    active boolean not null default true,
    note text not null default '',
    made_by text not null,
    made_at timestamptz not null,
    failing_since timestamptz,               -- of deliveries that failed and none that succeeded
    stopped_because text not null default '' -- why it was made inactive by itself
);

create table webhook_delivery (
    id bigint generated always as identity primary key,
    webhook_id bigint not null references webhook on delete cascade,
    event_id bigint not null references event,
    state text not null default 'new',       -- new, waiting, delivered, failed, dropped
    attempts integer not null default 0,
    status integer,                          -- the HTTP status last answered
    answer text not null default '',         -- in words, the receiver's or ours
    made_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
create index webhook_delivery_new on webhook_delivery (id) where state = 'new';
create index webhook_delivery_by_webhook on webhook_delivery (webhook_id, id desc);
create index webhook_delivery_by_event on webhook_delivery (event_id);
create index webhook_delivery_by_age on webhook_delivery (changed_at) where state <> 'new';

-- Mail brought in by hand, worked off in the background.
create table import_batch (
    id bigint generated always as identity primary key,
    account_id bigint not null references account,
    who text not null,
    made_at timestamptz not null,
    format text not null,                    -- eml, mbox, jsonl
    opens_cases boolean not null,
    content bytea,                           -- gone once it is done
    state text not null default 'waiting',   -- waiting, running, done, failed
    found integer not null default 0,        -- mails in it
    kept integer not null default 0,         -- mails that were new
    repeated integer not null default 0,
    flagged integer not null default 0,
    wrong jsonb not null default '[]',       -- the first places that could not be read, and why
    wrong_count integer not null default 0,
    changed_at timestamptz not null
);
alter table import_batch alter column content set storage external;
create index import_batch_by_account on import_batch (account_id, id desc);

-- Whoever looks at the desk learns at once that something changed, by ids alone; a receiver outside
-- is noted in the same transaction.
create function announce_event() returns trigger language plpgsql as $$
begin
    perform pg_notify('triage', json_build_object(
        'kind', 'case', 'id', new.id, 'case', new.case_id, 'what', new.what)::text);
    insert into webhook_delivery (webhook_id, event_id)
        select id, new.id from webhook
        where active and (kinds = '{}' or new.what = any(kinds));
    return null;
end $$;
create trigger event_announced after insert on event
    for each row execute function announce_event();

create function announce_mail() returns trigger language plpgsql as $$
begin
    perform pg_notify('triage', json_build_object(
        'kind', 'mail', 'id', new.id, 'what', new.outcome)::text);
    return null;
end $$;
create trigger mail_announced after insert on mail
    for each row execute function announce_mail();

create function announce_mailbox() returns trigger language plpgsql as $$
begin
    perform pg_notify('triage', json_build_object('kind', 'mailbox', 'what', new.state)::text);
    return null;
end $$;
create trigger mailbox_announced after insert or update of state on mailbox
    for each row execute function announce_mailbox();
