-- What people of the desk ask for about a mail, whatever the model made of it: each once a mail.
create table wish (
    mail_id bigint not null references mail on delete cascade,
    wish text not null,                      -- flag, help
    who text not null,                       -- a person's id, or by which keyword or folder
    case_id bigint not null references cases,
    at timestamptz not null,
    primary key (mail_id, wish)
);

-- Calls, chats and visits are kept as mails are.
alter table mail add column source text not null default 'mail';  -- or call, chat, visit

-- The mail that somebody forwards to us is looked for among its sender's.
create index mail_by_sender on mail (lower(sender_address), id desc);
