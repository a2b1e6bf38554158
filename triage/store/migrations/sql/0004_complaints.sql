-- The complaint record, one a case, made when something is first written into it. A choice is kept
-- with the words it had then.
create table complaint (
    case_id bigint primary key references cases on delete cascade,
    customer_name text not null,
    contact text not null,
    reported_at timestamptz,
    how text not null,                       -- mail, call, chat, visit
    happened text not null default '',
    cause_id text,
    cause text not null default '',
    cause_group text not null default '',
    product_id text,
    product text not null default '',
    team_id text,
    team text not null default '',
    fault text not null default 'not known yet',
    facts jsonb not null default '[]',
    remedy_id text,
    remedy text not null default '',
    amount numeric(12, 2),
    currency text not null default '',
    remedy_state text not null default '',   -- within authority, deferred upward, approved, refused
    proposed_by text not null default '',
    needs text not null default '',          -- the role that must approve
    decided_by text not null default '',
    decided_at timestamptz,
    ending text,                             -- resolved, partly resolved, not resolved
    resolution text not null default '',
    lesson text not null default '',
    changed_at timestamptz not null
);
create index complaint_by_cause on complaint (cause_id, case_id desc);
create index complaint_by_product on complaint (product_id, case_id desc);
create index complaint_by_team on complaint (team_id, case_id desc);
create index complaint_by_fault on complaint (fault, case_id desc);
create index complaint_deferred on complaint (case_id) where remedy_state = 'deferred upward';

-- The log: newest first, whatever it is filtered by.
create index cases_by_opening on cases (opened_at, id);
create index cases_by_status on cases (status, id desc);
create index cases_by_severity on cases (severity, id desc);
create index cases_by_source on cases (source, id desc);
create index cases_by_any_owner on cases (owner, id desc);
create index event_rude on event (at) where what = 'rude';
create index promise_open on promise (due, case_id) where kept_at is null;

-- What a case can be found by: one document a case, so that words may stand in different parts of
-- it. Under two configurations: "simple" leaves names whole, for which "english" would take Will or
-- Don for words that mean nothing; "english" finds "refunds" for "refund".
create table case_words (
    case_id bigint primary key references cases on delete cascade,
    words tsvector not null
);
create index case_words_by_word on case_words using gin (words);

create function both_words(said text, weight "char") returns tsvector
language sql immutable parallel safe as $$
    select setweight(to_tsvector('simple', said), weight)
        || setweight(to_tsvector('english', said), weight)
$$;

-- Case, record and newest mails, each to a length that keeps the document below what the server
-- takes. Locks the case first: of two mails that come in at once neither may be left out.
create function index_case(wanted bigint) returns void language plpgsql as $$
declare
    head text;
    record text;
    mails text;
    found_words tsvector;
begin
    perform 1 from cases where id = wanted for no key update;
    select concat_ws(' ', reference, number, left(customer_name, 500), customer_address,
                     split_part(customer_address, '@', 2),
                     translate(left(customer_address, 500), '@.-_+', '     '), left(subject, 2000))
      into head from cases where id = wanted;
    select concat_ws(' ', customer_name, contact, cause, cause_group, product, team, remedy,
                     left(happened, 4000), left(resolution, 4000), left(lesson, 4000),
                     left((select string_agg(fact ->> 'text', ' ')
                           from jsonb_array_elements(facts) as fact), 8000))
      into record from complaint where case_id = wanted;
    select string_agg(concat_ws(' ', newest.subject, newest.text), ' ') into mails
      from (select left(mail.subject, 500) as subject, left(mail.text, 4000) as text from mail
            where mail.case_id = wanted order by received desc, id desc limit 10) as newest;
    begin
        found_words := both_words(head, 'A') || both_words(coalesce(record, ''), 'B')
                    || both_words(coalesce(mails, ''), 'C');
    exception when program_limit_exceeded then   -- mail must come in, whatever it is made of
        found_words := both_words(left(head, 2000), 'A');
    end;
    insert into case_words (case_id, words) values (wanted, found_words)
        on conflict (case_id) do update set words = excluded.words;
end $$;

create function index_case_itself() returns trigger language plpgsql as $$
begin
    perform index_case(new.id);
    return null;
end $$;

create function index_its_case() returns trigger language plpgsql as $$
begin
    perform index_case(new.case_id);
    return null;
end $$;

create trigger case_words_of_case
    after insert or update of number, customer_name, customer_address, subject on cases
    for each row execute function index_case_itself();
create trigger case_words_of_record after insert or update on complaint
    for each row execute function index_its_case();
create trigger case_words_of_new_mail after insert on mail
    for each row when (new.case_id is not null) execute function index_its_case();
create trigger case_words_of_mail after update of case_id on mail
    for each row when (new.case_id is distinct from old.case_id and new.case_id is not null)
    execute function index_its_case();

select index_case(id) from cases;
