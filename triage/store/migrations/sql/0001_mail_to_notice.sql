-- One folder of one mailbox, as watchers find and leave it.
create table mailbox (
    mailbox text not null,
    folder text not null,
    since timestamptz not null,              -- mail received before this is not read by itself
    state text not null default 'new',       -- new, reading, waiting, trouble, refused, stopped
    changed_at timestamptz not null default now(),
    seen_at timestamptz,                     -- last time the server answered
    uidvalidity bigint,
    trouble text not null default '',
    primary key (mailbox, folder)
);

create table cases (
    id bigint generated always as identity (start with 1001) primary key,
    reference text not null generated always as ('T-' || id::text) stored unique,
    number text,                             -- the help desk's own case number, from the mail
    customer_name text not null,
    customer_address text not null,
    subject text not null,
    severity text not null,
    status text not null default 'flagged',
    opened_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
create index cases_by_number on cases (number, customer_address) where number is not null;
create index cases_by_change on cases (changed_at desc, id desc);

create table mail (
    id bigint generated always as identity primary key,
    digest text not null unique,             -- SHA-256 of the bytes: the mail's identity
    received timestamptz not null,
    saved_at timestamptz not null default now(),
    size bigint not null,
    message_id text,
    earlier text[] not null default '{}',    -- Message-IDs it answers
    sent timestamptz,
    sender_name text not null default '',
    sender_address text not null default '',
    reply_to text not null default '',
    subject text not null default '',
    text text not null default '',
    quoted text not null default '',
    signature text not null default '',
    kind text not null,
    kind_reason text not null default '',
    language text not null default 'und',
    case_number text,
    attachments jsonb not null default '[]',
    remarks text[] not null default '{}',
    outcome text not null,
    severity text,
    rule text not null,
    failure text not null default '',
    case_id bigint references cases
);
create index mail_by_message_id on mail (message_id) where message_id is not null;
create index mail_by_case on mail (case_id, received) where case_id is not null;
create index mail_for_a_person on mail (received desc, id desc)
    where outcome in ('unscored', 'failed');
create index mail_by_saved on mail (saved_at);
create index mail_by_outcome on mail (outcome);

-- The bytes as they came, for mail that a person must be able to open.
create table raw_mail (
    mail_id bigint primary key references mail on delete cascade,
    content bytea not null
);
alter table raw_mail alter column content set storage external;

create table assessment (
    mail_id bigint primary key references mail on delete cascade,
    model text not null,
    at timestamptz not null default now(),
    scores jsonb not null,
    evidence jsonb not null default '[]'
);

-- What became of every place a mail was seen at.
create table ledger (
    mailbox text not null,
    folder text not null,
    uidvalidity bigint not null,
    uid bigint not null,
    outcome text not null,                   -- as mail.outcome, or: repeat, too_old, vanished
    mail_id bigint references mail,
    received timestamptz,
    recorded_at timestamptz not null default now(),
    primary key (mailbox, folder, uidvalidity, uid)
);
create index ledger_by_mail on ledger (mail_id) where mail_id is not null;

create table event (
    id bigint generated always as identity primary key,
    case_id bigint not null references cases,
    at timestamptz not null default now(),
    who text not null,
    what text not null,
    data jsonb not null default '{}'
);
create index event_by_case on event (case_id, id);

create table flag (
    id bigint generated always as identity primary key,
    case_id bigint not null references cases,
    mail_id bigint not null unique references mail,
    severity text not null,
    rule text not null,
    because text not null default '',
    at timestamptz not null default now()
);
create index flag_by_case on flag (case_id, id);

create table notice (
    id bigint generated always as identity primary key,
    key text not null unique,                -- one mail for one flag and recipient, ever
    flag_id bigint not null references flag,
    recipient text not null,
    state text not null default 'waiting',   -- waiting, deferred, sent, refused
    attempts integer not null default 0,
    answer text not null default '',         -- the server's last word
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
create index notice_by_flag on notice (flag_id);
create index notice_unsent on notice (created_at) where state <> 'sent';
