with

    -- An external lead opens a look; without a decision of our own it ends nothing.
    lead_only_actions as (
        select
            'action_on_external_lead_alone' as invariant,
            'enforcement_actions' as source_table,
            action_id as source_id,
            occurred_at,
            'terminal action without a decision of our own' as finding
        from {{ ref("stg_enforcement_actions") }} as enforcement_actions
        inner join {{ ref("action_types") }} as action_types on type = action_types.action_type
        where
            basis = 'external_lead'
            and decision_id is null
            and action_types.is_terminal
            and {{ valid_at("enforcement_actions.occurred_at", "action_types") }}
    ),

    unmapped_surfaces as (
        select
            'traffic_on_unmapped_surface' as invariant,
            'requests' as source_table,
            surface as source_id,
            min(occurred_at) as occurred_at,
            count(*)::varchar || ' requests on a surface that no row of surfaces maps' as finding
        from {{ ref("stg_requests") }} as requests
        anti join
            {{ ref("surfaces") }} as surfaces
            on requests.surface = surfaces.surface
            and {{ valid_at("requests.occurred_at", "surfaces") }}
        group by surface
    ),

    live_withdrawn_hashes as (
        select
            'match_with_withdrawn_hash' as invariant,
            'hash_matches' as source_table,
            match_id as source_id,
            occurred_at,
            'matched after its entry was ' || hash_entries.status as finding
        from {{ ref("stg_hash_matches") }} as hash_matches
        inner join {{ ref("stg_hash_entries") }} as hash_entries using (list_id, entry_id)
        where
            hash_entries.status in ('withdrawn', 'deleted')
            and hash_matches.occurred_at >= hash_entries.updated_at
    ),

    -- A disputed entry is for people to judge: nothing follows from it by machine alone.
    automated_on_disputed as (
        select
            'automated_action_on_disputed_hash' as invariant,
            'enforcement_actions' as source_table,
            enforcement_actions.action_id as source_id,
            enforcement_actions.occurred_at,
            'fully automated on an object whose only matches are disputed' as finding
        from {{ ref("stg_enforcement_actions") }} as enforcement_actions
        inner join
            (
                select hash_matches.content_id
                from {{ ref("stg_hash_matches") }} as hash_matches
                inner join {{ ref("stg_hash_entries") }} as hash_entries using (list_id, entry_id)
                group by hash_matches.content_id
                having bool_and(hash_entries.opinion = 'disputed')
            ) as disputed_contents
            on enforcement_actions.subject_type = 'content'
            and enforcement_actions.subject_id = disputed_contents.content_id
        where enforcement_actions.automated_decision = 'fully'
    ),

    second_of_oneself as (
        select
            'second_review_by_the_first_reviewer' as invariant,
            'review_decisions' as source_table,
            seconds.decision_id as source_id,
            seconds.occurred_at,
            'a second review by whoever made the first' as finding
        from {{ ref("stg_review_decisions") }} as seconds
        inner join
            {{ ref("stg_review_decisions") }} as firsts on seconds.second_of = firsts.decision_id
        where seconds.reviewer_id = firsts.reviewer_id
    ),

    appeals_by_the_same as (
        select
            'appeal_ruled_by_the_first_reviewer' as invariant,
            'appeals' as source_table,
            appeals.appeal_id as source_id,
            appeals.decided_at as occurred_at,
            'the appeal was ruled by whoever decided the action' as finding
        from {{ ref("stg_appeals") }} as appeals
        inner join {{ ref("stg_enforcement_actions") }} as enforcement_actions using (action_id)
        inner join
            {{ ref("stg_review_decisions") }} as review_decisions
            on enforcement_actions.decision_id = review_decisions.decision_id
        where appeals.reviewer_id = review_decisions.reviewer_id
    ),

    -- A rehearsal of the hotline's interface is no report, and must not count as one.
    test_referrals_counted as (
        select
            'test_referral_in_metrics' as invariant,
            'enforcement_actions' as source_table,
            enforcement_actions.action_id as source_id,
            enforcement_actions.occurred_at,
            'counts as a report, and its case was referred in tests only' as finding
        from {{ ref("stg_enforcement_actions") }} as enforcement_actions
        inner join
            (
                select case_id
                from {{ ref("stg_external_referrals") }}
                group by case_id
                having bool_and(is_test)
            ) as rehearsed_cases using (case_id)
        where enforcement_actions.type = 'report_out'
    ),

    deleted_on_hold as (
        select
            'deleted_while_on_hold' as invariant,
            'accounts' as source_table,
            accounts.account_id as source_id,
            accounts.deleted_at as occurred_at,
            'deleted while on hold: '
            || string_agg(legal_holds.hold_id, ', ' order by hold_id) as finding
        from {{ ref("stg_accounts") }} as accounts
        inner join
            {{ ref("stg_legal_holds") }} as legal_holds
            on legal_holds.subject_type = 'account'
            and accounts.account_id = legal_holds.subject_id
            and accounts.deleted_at >= legal_holds.from_at
            and (legal_holds.to_at is null or accounts.deleted_at < legal_holds.to_at)
        group by accounts.account_id, accounts.deleted_at
    ),

    superseded_cited as (
        select
            'superseded_precedent_cited' as invariant,
            'review_decisions' as source_table,
            cited.decision_id as source_id,
            cited.occurred_at,
            'cites what no longer binds: '
            || string_agg(precedents.precedent_id, ', ' order by precedents.precedent_id) as finding
        from
            (
                select decision_id, occurred_at, unnest(precedent_ids) as precedent_id
                from {{ ref("stg_review_decisions") }}
            ) as cited
        inner join {{ ref("int_precedents") }} as precedents using (precedent_id)
        where cited.occurred_at >= precedents.binds_until
        group by cited.decision_id, cited.occurred_at
    ),

    breaches as (
        select *, true as stops
        from lead_only_actions
        union all
        select *, true as stops
        from unmapped_surfaces
        union all
        -- The provider's matcher is not ours to stop; that no signal follows is a test of its own.
        select *, false as stops
        from live_withdrawn_hashes
        union all
        select *, true as stops
        from automated_on_disputed
        union all
        select *, true as stops
        from second_of_oneself
        union all
        select *, true as stops
        from appeals_by_the_same
        union all
        select *, true as stops
        from test_referrals_counted
        union all
        select *, true as stops
        from deleted_on_hold
        union all
        select *, true as stops
        from superseded_cited
    )

select
    breaches.invariant,
    breaches.source_table,
    breaches.source_id,
    breaches.occurred_at,
    breaches.finding,
    breaches.stops and invariant_acceptances.invariant is null as stops_publishing,
    invariant_acceptances.reason as accepted_because
from breaches
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join
    {{ ref("invariant_acceptances") }} as invariant_acceptances
    on breaches.invariant = invariant_acceptances.invariant
    and breaches.source_id = invariant_acceptances.source_id
    and {{ valid_at("int_snapshot_clock.as_of", "invariant_acceptances") }}
order by breaches.invariant, breaches.source_id
