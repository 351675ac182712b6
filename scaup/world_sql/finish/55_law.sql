-- Precedents that decisions cite, referrals to hotlines and their rehearsals, and holds. Nothing here breaks an
-- invariant: what is cited still binds, what is held was not deleted, a rehearsal is no report.
create table out_precedents as
select
    'prc_' || lpad(no::varchar, 3, '0') as precedent_id,
    list_extract(['distillation', 'sextortion', 'trafficking', 'ibsa', 'harassment', 'spam'], 1 + no % 6) as policy_id,
    1 as policy_version,
    list_slice(['shared_infrastructure', 'template_reuse', 'report_corroborated', 'context_given'], 1 + no % 3, 2 + no % 3) as factor_codes,
    list_extract(['violating', 'borderline', 'benign', 'needs_support'], 1 + no % 4) as outcome,
    'precedent/prc_' || lpad(no::varchar, 3, '0') as rationale_ref,
    -- Those that decisions cite are below forty; the others had their day before.
    case when no < 40 then 'active' when no % 4 = 0 then 'overruled' else 'superseded' end as status,
    case when no >= 40 and no % 4 <> 0 then 'prc_' || lpad((no - 40)::varchar, 3, '0') end as superseded_by,
    timestamptz '2025-11-01 09:00:00+00' + to_days((case when no < 40 then 90 + no else no - 40 end)::integer) as decided_at,
    timestamptz '2026-02-28 09:00:00+00' + to_minutes(no) as recorded_at,
    'review_tool' as source_system
from range(46) as numbers(no);

create table out_external_referrals as
with

    referrals as (
        select
            'ref_' || substr(action_id, 5) as referral_id,
            case_id,
            case when severity = 'S0' then 'hotline' else 'police' end as recipient,
            case when severity = 'S0' then 'cybertip' else 'disclosure_in_emergency' end as kind,
            occurred_at - interval 2 hour as known_at,
            occurred_at as submitted_at,
            false as is_test
        from out_enforcement_actions
        where type = 'report_out'
        union all
        -- The interface is tried once a month.
        select 'ref_try_' || no, null, 'hotline', 'cybertip', tried_at, tried_at + interval 1 minute, true
        from (select no, timestamptz '2026-03-02 08:00:00+00' + to_months(no::integer) as tried_at from range(3) as months(no))
    )

select
    referral_id,
    case_id,
    recipient,
    kind,
    known_at,
    submitted_at,
    'ext-' || substr(hmac('external', referral_id), 1, 10) as external_ref,
    is_test,
    case when not is_test then (submitted_at + interval 1 year)::date end as preservation_until,
    null::varchar as outcome,
    submitted_at + interval 4 second as recorded_at,
    'legal' as source_system
from referrals, world
where submitted_at + interval 4 second < ends_at;

create table out_legal_holds as
select
    'hold_' || substr(referral_id, 5) as hold_id,
    actions.subject_type,
    actions.subject_id,
    submitted_at as from_at,
    null::timestamptz as to_at,
    submitted_at + interval 5 second as recorded_at,
    'legal' as source_system
from out_external_referrals
join out_enforcement_actions as actions on referral_id = 'ref_' || substr(action_id, 5)
where
    actions.subject_type in ('account', 'content')
    and actions.subject_id not in (select account_id from out_accounts where deleted_at is not null)
union all
-- A court asked for an organization's records, and was done with them.
select
    'hold_court', 'organization', min(org_id), timestamptz '2026-03-10 00:00:00+00', timestamptz '2026-05-10 00:00:00+00',
    timestamptz '2026-05-10 00:00:10+00', 'legal'
from out_organizations;
