-- A snapshot's worth of what `scaup score` reads: three signals on people, one on servers, one silent.
create schema signals;
create schema enforcement;
create schema features;
create schema intermediate;

create table signals.signal_definitions as
select *
from
    (
        values
            ('sig_target', 'enforcement', 'harassment'), ('sig_linked', 'enforcement', 'ban_evasion'),
            ('sig_help', 'support', 'victimisation'), ('sig_server', 'enforcement', 'mcp_abuse'),
            ('sig_silent', 'enforcement', 'harassment')
    ) as definitions(signal_id, route, harm_type);

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
select *, '[{"signal_id": "sig_target"}]'::json as contributions
from
    (
        values
            ('account', 'one', 9.0, true), ('account', 'two', 9.0, true), ('account', 'three', 3.0, false),
            ('account', 'writer', 1.5, false), ('account', 'stranger', 9.0, true), ('account', 'victim_1', 0.0, false),
            ('account', 'victim_2', 0.0, false), ('mcp_server', 'server', 5.0, false)
    ) as scores(subject_type, subject_id, bits, is_above_escalation);

-- The brigade is one cluster with one stranger in it.
create table features.feat_account_networks as
select account_id, timestamptz '2026-04-01 00:00:00+00' as account_created_at, cluster_id
from
    (
        values
            ('one', 'one'), ('two', 'one'), ('three', 'one'), ('four', null), ('writer', null), ('victim_1', null),
            ('victim_2', null), ('stranger', 'one')
    ) as accounts(account_id, cluster_id);

-- Nobody was banned.
create table intermediate.int_account_bans (account_id varchar, banned_at timestamptz, is_in_force boolean);

create table intermediate.int_requests as
select account_id, occurred_at::timestamptz as occurred_at, output_tokens
from
    (
        values
            ('one', '2026-04-02 00:00:00+00', 10), ('one', '2026-04-03 00:00:00+00', 20), ('four', '2026-05-01 00:00:00+00', 7),
            ('stranger', '2026-04-01 00:00:00+00', 99)
    ) as requests(account_id, occurred_at, output_tokens);

create table enforcement.signal_outcomes as
select
    'sig_target' as signal_id, 'enforcement' as route, 'account' as judged_type, 5 as hit_count, 4 as settled_count,
    3 as confirmed_count, 0.75 as precision, 0.30 as precision_low, 0.95 as precision_high, 0.9 as hit_rate_confirmed,
    0.1 as hit_rate_benign, 3.2::decimal(9, 4) as bits;

create table intermediate.int_reviewed_subjects as
select *
from
    (
        values
            ('account', 'one', 'violating', 'harassment', 'signal'), ('account', 'two', 'violating', 'harassment', 'user_report'),
            ('account', 'four', 'violating', 'harassment', 'proactive'), ('account', 'writer', 'benign', null, 'proactive'),
            ('account', 'victim_1', 'benign', null, 'proactive'), ('account', 'victim_2', 'needs_support', null, 'signal'),
            ('account', 'three', 'borderline', 'harassment', 'signal'), ('mcp_server', 'server', 'violating', null, 'signal'),
            ('content', 'picture', 'violating', 'ibsa', 'hash_match')
    ) as reviews(subject_type, subject_id, label, policy_id, task_source);
