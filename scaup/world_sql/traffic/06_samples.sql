-- What is drawn from the traffic for measuring: the prevalence sample (one draw in many everywhere,
-- more where a script or a label points to harm), and outputs that resemble a protected work.
create table if not exists out_prevalence_samples (
    sample_id varchar, request_id varchar, account_id varchar, occurred_at timestamptz, surface varchar, stratum varchar,
    inclusion_prob double, label varchar, policy_id varchar, labelled_at timestamptz, recorded_at timestamptz, source_system varchar
);

create table if not exists out_similarity_flags (
    flag_id varchar, request_id varchar, work_id varchar, occurred_at timestamptz, overlap double, blocked boolean,
    inclusion_prob double, qa_label varchar, recorded_at timestamptz, source_system varchar
);

insert into out_prevalence_samples
with

    candidates as (
        select
            block.request_id,
            block.account_id,
            block.occurred_at,
            block.recorded_at,
            block.surface,
            block.request_key,
            case
                when block.score_case not like 'label:%'
                or block.task_label in ('threat_script', 'harassment', 'recruitment_ad', 'image_sexualisation', 'payment_demand')
                then 'pointed_out'
                else 'rest_' || block.surface
            end as stratum,
            case
                when stratum = 'pointed_out' then case world.size when 's' then 0.5 when 'm' then 0.2 else 0.04 end
                else case world.size when 's' then 0.02 when 'm' then 0.003 else 0.0004 end
            end as inclusion_prob,
            -- Scripts of actors violate; so does one request in five hundred of anybody's, unseen.
            roster.role = 'actor' and block.score_case not like 'label:%' or unit(block.request_key, 401) < 0.002 as is_violating,
            case
                when block.score_case like 'sextortion%' then 'sextortion'
                when block.score_case = 'recruitment' then 'trafficking'
                when block.score_case = 'sexualisation' then 'ibsa'
                when block.score_case = 'harassment' then 'harassment'
                else 'spam'
            end as policy_id,
            block.occurred_at + to_seconds(86400 + draw(block.request_key, 402) % 500000) as labelled_at
        from block_requests as block
        join roster using (account_no)
        cross join world
    ),

    drawn as (select * from candidates where unit(request_key, 400) < inclusion_prob),

    versions as (
        select *, false as is_labelled, recorded_at + interval 6 hour as known_at
        from drawn
        union all
        select drawn.*, true, labelled_at + interval 20 second
        from drawn, world
        where labelled_at + interval 20 second < ends_at
    )

select
    'smp_' || substr(request_id, 5) as sample_id,
    request_id,
    account_id,
    occurred_at,
    surface,
    stratum,
    inclusion_prob,
    case when is_labelled then case when is_violating then 'violating' else 'benign' end end as label,
    case when is_labelled and is_violating then policy_id end as policy_id,
    case when is_labelled then labelled_at end as labelled_at,
    known_at as recorded_at,
    'measurement' as source_system
from versions, world
where known_at < ends_at;

insert into out_similarity_flags
with

    flagged as (
        select
            request_id,
            request_key,
            occurred_at,
            recorded_at,
            round(0.5 + 0.5 * unit(request_key, 411), 3) as overlap,
            case when unit(request_key, 412) < 0.6 then 0.3 else 0.1 end as inclusion_prob,
            unit(request_key, 413) as truth
        from block_requests
        where task_label in ('writing', 'summarisation', 'fiction', 'code') and draw(request_key, 410) % 1000 < 12
    )

select
    'flg_' || substr(request_id, 5),
    request_id,
    'wrk_' || substr(hmac('protected work', floor(80 * unit(request_key, 414))), 1, 10),
    occurred_at + interval 1 second,
    overlap,
    overlap >= 0.6,
    case when unit(request_key, 415) < inclusion_prob then inclusion_prob end,
    case
        when unit(request_key, 415) >= inclusion_prob then null
        when truth < 0.72 then 'infringing'
        when truth < 0.80 then 'licensed'
        when truth < 0.88 then 'public_domain'
        when truth < 0.96 then 'quotation'
        else 'different'
    end,
    recorded_at + interval 2 second,
    'similarity'
from flagged;
