with

    decided as (
        select
            sender_id,
            arg_max(sender_tier, (received_at, notice_id)) as sender_tier,
            count(distinct notice_id) as notice_count,
            count(*) filter (where decision is not null and is_complete) as decided_target_count,
            count(*) filter (where reason = 'false_assertion') as false_assertion_count,
            count(*) filter (where actioned_at is not null) as actioned_count,
            count(*) filter (where actioned_at is not null and counter_valid) as countered_count
        from {{ ref("int_notice_targets") }}
        group by sender_id
    ),

    prior as (
        {{ beta_prior("decided", "false_assertion_count", "decided_target_count", by=["sender_tier"]) }}
    ),

    shrunk as (
        select
            decided.*,
            prior.prior_mean,
            prior.prior_count,
            false_assertion_count + prior_count * prior_mean as part,
            decided_target_count + prior_count as whole
        from decided
        inner join prior using (sender_tier)
    )

select
    sender_id,
    sender_tier,
    notice_count,
    decided_target_count,
    false_assertion_count,
    {{ share("false_assertion_count", "decided_target_count") }} as false_assertion_share,
    {{ share("part", "whole") }} as abuse_share,
    {{ wilson_low("part", "whole") }} as abuse_share_low,
    {{ wilson_high("part", "whole") }} as abuse_share_high,
    prior_mean as tier_mean,
    prior_count,
    {{ wilson_low("part", "whole") }} > prior_mean as is_above_tier,
    actioned_count,
    countered_count
from shrunk
order by abuse_share desc, sender_id
