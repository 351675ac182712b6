-- Nothing is lost or doubled on the way: each step has as many rows as the one before it.
{{ config(meta={"shown_by": "input_coverage"}) }}

select *
from
    (
        select
            'requests as sent, each id once' as step,
            (
                select count(distinct request_id) from {{ source("raw", "requests") }}
            ) as expected_count,
            (select count(*) from {{ ref("int_requests") }}) as found_count
        union all
        select
            'requests of accounts in account days',
            (select count(*) from {{ ref("int_requests") }} where account_id is not null),
            (select coalesce(sum(request_count), 0) from {{ ref("feat_account_days") }})
        union all
        select
            'enforcement actions as sent, each id once',
            (select count(distinct action_id) from {{ source("raw", "enforcement_actions") }}),
            (select count(*) from {{ ref("actions") }})
        union all
        select
            'review tasks as sent, each id once',
            (select count(distinct task_id) from {{ source("raw", "review_tasks") }}),
            (select count(*) from {{ ref("review_work") }})
        union all
        select
            'hash matches as sent, each id once',
            (select count(distinct match_id) from {{ source("raw", "hash_matches") }}),
            (select count(*) from {{ ref("feat_hash_matches") }})
        union all
        select
            'appeals as sent, each id once',
            (select count(distinct appeal_id) from {{ source("raw", "appeals") }}),
            (select count(*) from {{ ref("appeals") }})
    )
where expected_count <> found_count
