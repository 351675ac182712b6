-- A snapshot's worth of what `scaup score` reads: three signals on people, one on servers, one silent.
create schema signals;
create schema enforcement;
create schema features;

create table signals.signal_definitions as
select *
from
    (
        values
            ('sig_target', 'enforcement'), ('sig_linked', 'enforcement'), ('sig_help', 'support'),
            ('sig_server', 'enforcement'), ('sig_silent', 'enforcement')
    ) as definitions(signal_id, route);

create table signals.signals as
select 'sig_server' as signal_id, 'mcp_server' as subject_type, 'server' as subject_id, timestamptz '2026-04-02 00:00:00+00' as detected_at
union all
-- A subject that signal_subjects resolves to accounts.
select 'sig_target', 'target', 'somebody', timestamptz '2026-04-03 00:00:00+00';

create table signals.signal_subjects as
select signal_id, account_id, detected_at::timestamptz as detected_at
from
    (
        values
            ('sig_target', 'one', '2026-04-03 00:00:00+00'), ('sig_target', 'one', '2026-04-09 00:00:00+00'),
            ('sig_target', 'two', '2026-04-05 00:00:00+00'), ('sig_target', 'three', '2026-03-20 00:00:00+00'),
            ('sig_linked', 'three', '2026-04-20 00:00:00+00'), ('sig_target', 'writer', '2026-04-03 00:00:00+00'),
            ('sig_target', 'stranger', '2026-04-03 00:00:00+00'), ('sig_help', 'victim_1', '2026-04-03 00:00:00+00'),
            ('sig_help', 'victim_2', '2026-04-03 00:00:00+00')
    ) as hits(signal_id, account_id, detected_at);

create table enforcement.risk_scores as
select *
from
    (
        values
            ('account', 'one', 9.0, true), ('account', 'two', 9.0, true), ('account', 'three', 3.0, false),
            ('account', 'writer', 1.5, false), ('account', 'stranger', 9.0, true), ('account', 'victim_1', 0.0, false),
            ('account', 'victim_2', 0.0, false), ('mcp_server', 'server', 5.0, false)
    ) as scores(subject_type, subject_id, bits, is_above_escalation);

create table features.feat_account_networks as
select account_id, timestamptz '2026-04-01 00:00:00+00' as account_created_at
from (values ('one'), ('two'), ('three'), ('four'), ('writer'), ('victim_1'), ('victim_2'), ('stranger')) as accounts(account_id);
