with

    labelled_weeks as (
        select
            account_id,
            date_trunc('week', activity_date)::date as week_starts_on,
            count(*) filter (where task_label = 'recruitment_ad') as recruitment_count,
            count(*) filter (where task_label = 'debt_terms') as debt_count,
            count(*) filter (where task_label = 'document_retention') as document_count,
            count(*) filter (where task_label = 'image_sexualisation') as sexualisation_count,
            count(*) filter (
                where task_label = 'image_sexualisation' and refused
            ) as sexualisation_refused_count,
            count(*) filter (where task_label = 'harassment') as harassment_count,
            count(*) filter (where task_label = 'threat_script') as threat_count,
            count(*) filter (where task_label = 'payment_demand') as payment_demand_count,
            count(*) filter (where task_label = 'persona_building') as persona_count,
            count(*) filter (where task_label = 'intimacy') as intimacy_count,
            count(*) filter (where task_label = 'help_seeking') as help_count,
            count(*) filter (where task_label = 'fiction') as fiction_count,
            count(distinct place_code) filter (where task_label = 'recruitment_ad') as place_count,
            count(distinct language) filter (where task_label = 'recruitment_ad') as language_count
        from {{ ref("int_requests") }}
        where
            account_id is not null
            and task_label in (
                'recruitment_ad',
                'debt_terms',
                'document_retention',
                'image_sexualisation',
                'harassment',
                'threat_script',
                'payment_demand',
                'persona_building',
                'intimacy',
                'help_seeking',
                'fiction'
            )
        group by account_id, week_starts_on
    ),

    scored_weeks as (
        select
            account_id,
            date_trunc('week', {{ day_of("occurred_at") }})::date as week_starts_on,
            max(threat_score) as max_threat_score,
            max(minor_indicator_score) as max_minor_score,
            max(victim_or_helper_score) as max_victim_or_helper_score
        from {{ ref("int_request_scores") }}
        where account_id is not null
        group by account_id, week_starts_on
    ),

    verified_weeks as (
        select account_id, week_starts_on, true as is_verified
        from labelled_weeks
        inner join {{ ref("int_verified_memberships") }} as memberships using (account_id)
        where
            memberships.from_at < week_starts_on + interval 7 days
            and coalesce(memberships.to_at > week_starts_on, true)
        group by account_id, week_starts_on
    )

select
    account_id,
    week_starts_on,
    labelled_weeks.recruitment_count,
    labelled_weeks.debt_count,
    labelled_weeks.document_count,
    labelled_weeks.sexualisation_count,
    labelled_weeks.sexualisation_refused_count,
    labelled_weeks.harassment_count,
    labelled_weeks.threat_count,
    labelled_weeks.payment_demand_count,
    labelled_weeks.persona_count,
    labelled_weeks.intimacy_count,
    labelled_weeks.help_count,
    labelled_weeks.fiction_count,
    labelled_weeks.place_count,
    labelled_weeks.language_count,
    scored_weeks.max_threat_score,
    scored_weeks.max_minor_score,
    scored_weeks.max_victim_or_helper_score,
    coalesce(verified_weeks.is_verified, false) as is_verified_org_member
from labelled_weeks
left join scored_weeks using (account_id, week_starts_on)
left join verified_weeks using (account_id, week_starts_on)
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, week_starts_on
