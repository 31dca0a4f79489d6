/**
 * The tables, as numbered migrations: number n brings a file of format n-1 to format n, and `user_version` says where it stands. A migration
 * that was released is never changed.
 *
 * `events` is the log. The primary key is the order of the log and the only index: every row is written once, at the end. `hash` chains the
 * rows; `studies` repeats the last number and hash, so that missing rows at the end are seen too. `requests` is what other processes ask of a
 * study's owner; it is no part of the log. In `leases`, `host` is null while nobody owns the study.
 */

/** "Ftun": tells `file` and us whose database this is. */
export const applicationId: number = 0x4674756e

export const migrations: readonly string[] = [
  `
  create table studies (
    id integer primary key,
    name text not null unique,
    last_seq integer not null default 0,
    last_hash text not null
  ) strict;

  create table events (
    study integer not null references studies,
    seq integer not null,
    trial integer,
    body text not null,
    hash text not null,
    primary key (study, seq)
  ) strict, without rowid;

  create table leases (
    study integer primary key references studies,
    fence integer not null,
    host text,
    pid integer,
    boot text,
    namespace text,
    started text,
    heartbeat_at integer,
    heartbeat_uptime integer
  ) strict;

  create table requests (
    id integer primary key autoincrement,
    study integer not null references studies,
    at integer not null,
    type text not null,
    data text not null,
    answer text
  ) strict;
  create index requests_by_study on requests (study, id);
  `,
]
