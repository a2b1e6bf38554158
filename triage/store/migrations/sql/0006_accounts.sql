-- Who may use the desk, how they came in, and a trail of it that nobody can rewrite.

create table account (
    id bigint generated always as identity primary key,
    login text not null unique,              -- lower case
    name text not null,
    person text not null default '',         -- id in the duty file: who they act as
    roles text[] not null default '{}',
    mail text not null default '',
    password text not null default '',       -- argon2id; empty: signs in elsewhere
    disabled_at timestamptz,
    made_at timestamptz not null,
    made_by text not null
);

-- An account of an OpenID provider: bound by what never changes there.
create table identity (
    issuer text not null,
    subject text not null,
    account_id bigint not null references account,
    made_at timestamptz not null,
    primary key (issuer, subject)
);

create table session (
    digest bytea primary key,                -- sha256 of what the cookie holds
    account_id bigint not null references account,
    form_token text not null,                -- what this session's forms carry
    how text not null,                       -- password, link, set-up, oidc
    made_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    address text not null,
    agent text not null
);
create index session_by_account on session (account_id, seen_at);
create index session_by_expiry on session (expires_at);

create table api_token (
    id bigint generated always as identity primary key,
    account_id bigint not null references account,
    name text not null,
    scopes text[] not null,
    digest bytea not null unique,            -- sha256 of the secret
    hint text not null,                      -- its first letters, to tell it from others
    made_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz
);
create index api_token_by_account on api_token (account_id, id desc);

-- Codes that work once: the set-up of the first account, a link that signs in, a way back from
-- an OpenID provider.
create table one_time_code (
    digest bytea primary key,
    purpose text not null,
    account_id bigint references account,
    data jsonb not null default '{}',
    expires_at timestamptz not null
);

create table desk_audit (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    who text not null,                       -- login; empty where nobody is known
    what text not null,
    address text not null,                   -- where from: an address, or "command line"
    data jsonb not null default '{}'
);
create index desk_audit_by_who on desk_audit (who, id desc);
create index desk_audit_by_what on desk_audit (what, id desc);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only';
end $$;
create trigger desk_audit_kept before update or delete on desk_audit
    for each row execute function refuse_audit_change();
