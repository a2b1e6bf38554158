-- Changes to the rota that people agree on at the desk; the duty file stays the base.
create table rota_change (
    id bigint generated always as identity primary key,
    kind text not null,                      -- override, swap, absence
    role text not null,                      -- of the duty file; an absence is from all of them
    person text not null,                    -- who has it, asks for the swap, or is away: an id
    other text not null default '',          -- with whom a swap is
    starts_at timestamptz not null,
    ends_at timestamptz not null,            -- not included
    note text not null default '',
    state text not null,                     -- asked, in force, declined, withdrawn
    batch text not null default '',          -- of those that were brought in together
    asked_by text not null,                  -- login
    asked_at timestamptz not null,
    settled_by text not null default '',     -- login
    settled_at timestamptz,                  -- since when it is in force, or is over
    check (starts_at < ends_at)
);
create index rota_change_by_end on rota_change (ends_at) where state in ('asked', 'in force');
create index rota_change_by_batch on rota_change (batch) where batch <> '';
