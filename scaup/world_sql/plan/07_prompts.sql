-- One row per account: what it asks for, with which model, and how long prompts and answers are.
-- A pool is a set of templates; an account draws from its main pool and, for a share, a side pool.
create table label_sets as
select *
from
    (
        values
            ('consumer', ['chat_general', 'chat_general', 'writing', 'tutoring', 'translation', 'summarisation', 'roleplay', 'image_edit', 'code', 'math', 'fiction']),
            ('developer', ['code', 'data_extraction', 'summarisation', 'translation', 'chat_general', 'writing']),
            ('staff', ['code', 'summarisation', 'data_extraction', 'writing', 'translation', 'chat_general']),
            ('researcher', ['code', 'math', 'reasoning_trace', 'rubric_grading', 'data_extraction']),
            ('customers', ['chat_general', 'code', 'summarisation', 'translation', 'writing', 'roleplay', 'data_extraction']),
            ('extraction', ['reasoning_trace', 'reasoning_trace', 'rubric_grading', 'code']),
            ('benchmark', ['reasoning_trace', 'code', 'math', 'code', 'rubric_grading']),
            ('student', ['tutoring', 'math', 'code', 'writing', 'summarisation']),
            ('starter', ['code', 'code', 'chat_general']),
            ('agency', ['outreach', 'job_offer', 'outreach', 'writing']),
            ('fiction', ['fiction', 'fiction', 'fiction', 'roleplay', 'writing']),
            ('spam', ['outreach', 'writing', 'translation', 'outreach'])
    ) as sets(label_set, labels);

create table prompts as
with

    kinds as (
        select
            habits.*,
            roster.language as home_language,
            roster.country,
            habits.rate * habits.active_share * 92 as volume,
            kind in ('developer', 'staff') and u('reasoning model', person_key) < 0.2 as prefers_reasoning,
            kind = 'developer' and u('researcher', person_key) < 0.03 as is_researcher,
            normal('input', person_key) as input_draw,
            normal('ratio', person_key) as ratio_draw
        from habits
        join roster using (account_no, kind, role, person_key, group_key, group_no, member_no, created_at)
    ),

    pools as (
        select
            kinds.*,
            -- Pools are numbered by a hash of their name, so that they are nobody's in particular.
            whole(
                'pool',
                case
                    when kind in ('distillation_hydra', 'contracted_reseller', 'ban_evader', 'outreach_agency') then group_key
                    else person_key
                end,
                4294967296
            ) as pool_key,
            case
                when kind in ('distillation_hydra', 'contracted_reseller') then 900
                when kind = 'ban_evader' then 9
                when kind = 'outreach_agency' then 24
                when api_share > 0.5 then 2 + floor(10 * exp(0.8 * normal('templates', person_key)))
                else 30
            end::bigint as pool_size,
            case
                when kind in ('distillation_hydra', 'evaluation_team', 'university_nat', 'hackathon')
                then whole('side pool', group_key, 4294967296)
            end as side_pool_key,
            case kind
                when 'distillation_hydra' then 12
                when 'evaluation_team' then 30
                when 'university_nat' then 25
                when 'hackathon' then 2
            end::bigint as side_pool_size,
            case kind
                when 'distillation_hydra' then (select attacker_mix from world)
                when 'evaluation_team' then 0.85
                when 'university_nat' then 0.12
                when 'hackathon' then 0.45
                else 0
            end::double as side_share,
            case
                when kind in ('distillation_hydra', 'contracted_reseller') then 'customers'
                when is_researcher then 'researcher'
                when kind = 'developer' then 'developer'
                when kind in ('staff', 'evaluation_team', 'hackathon') then 'staff'
                when kind = 'university_nat' then 'student'
                when kind = 'outreach_agency' then 'agency'
                when kind = 'fiction_writers' then 'fiction'
                when kind = 'ban_evader' then 'spam'
                else 'consumer'
            end as label_set,
            case kind
                when 'distillation_hydra' then 'extraction'
                when 'evaluation_team' then 'benchmark'
                when 'university_nat' then 'student'
                when 'hackathon' then 'starter'
            end as side_label_set,
            -- Shares of requests on popular templates (SDK defaults, viral prompts), and free text.
            case
                when kind in ('distillation_hydra', 'evaluation_team') then 0.02
                when kind = 'ban_evader' then 0.02
                when api_share > 0.5 then 0.12 * u('popular', person_key)
                else 0.10
            end as popular_share,
            case
                when api_share > 0.5 or kind in ('distillation_hydra', 'ban_evader') then 0.05
                when kind = 'outreach_agency' then 0.2
                else 0.75
            end as free_share,
            -- Some templates see the same inputs again and again.
            case
                when kind in ('distillation_hydra', 'ban_evader', 'outreach_agency', 'evaluation_team') then 0
                when u('repeats inputs', person_key) < 0.35 then 5 + whole('inputs', person_key, 60)
                else 0
            end as slot_variety,
            -- Mean input: median near 700 tokens, a twentieth above 5,000.
            least(
                greatest(
                    case
                        when kind in ('distillation_hydra') then 700
                        when api_share > 0.5 then 680 * exp(1.1 * input_draw)
                        else 520 * exp(0.7 * input_draw)
                    end,
                    20
                ),
                60000
            ) as input_mean,
            case
                when prefers_reasoning then 1.7 * exp(1.35 * ratio_draw)
                when api_share > 0.5 then 0.135 * exp(1.2 * ratio_draw)
                else 0.27 * exp(0.65 * ratio_draw)
            end as output_ratio
        from kinds
    )

select
    account_no,
    pool_key,
    pool_size,
    coalesce(side_pool_key, pool_key) as side_pool_key,
    coalesce(side_pool_size, pool_size) as side_pool_size,
    side_share,
    main_labels.labels as labels,
    coalesce(side_labels.labels, main_labels.labels) as side_labels,
    popular_share,
    free_share,
    slot_variety,
    case when u('system prompts', person_key) < 0.5 then 1 else 4 end as system_count,
    home_language as language,
    case when kind in ('distillation_hydra', 'contracted_reseller') then 0.45 when home_language = 'en' then 0.03 else 0.25 end
        as other_language_share,
    prefers_reasoning,
    -- When the account turns to the new model, and for how much of its traffic.
    case
        when kind = 'distillation_hydra' then after_days(released_at, 0.02 + 0.3 * u('adopts', person_key))
        when kind = 'evaluation_team' then after_days(released_at, 0.01 + 0.1 * u('adopts', person_key))
        when kind = 'contracted_reseller' then after_days(released_at, 4 + 10 * u('adopts', group_key))
        when u('never adopts', person_key) < 0.35 then null
        -- Most wait; a few are there on the first day.
        when u('enthusiast', person_key) < 0.05 then after_days(released_at, u('adopts', person_key))
        else after_days(released_at, 2 + 40 * u('adopts', person_key))
    end as adopts_at,
    case kind
        when 'distillation_hydra' then 0.55
        when 'evaluation_team' then 0.8
        when 'contracted_reseller' then 0.3
        else 0.3 + 0.6 * u('adopts how far', person_key)
    end as adoption_share,
    input_mean,
    case
        when api_share > 0.5 then least(greatest(exp(-1.0 + 0.85 * normal('input spread', person_key)), 0.03), 1.1)
        else 0.5
    end as input_spread,
    -- A fixed prompt now and then: one length for a good part of the requests.
    case when api_share > 0.5 and u('fixed length', person_key) < 0.25 then 0.15 + 0.6 * u('fixed share', person_key) else 0 end
        as fixed_share,
    least(greatest(input_mean * output_ratio, 2), 9000) as output_mean,
    least(greatest(exp(-0.5 + 0.65 * normal('output spread', person_key)), 0.08), 1.4) as output_spread,
    case
        when kind = 'distillation_hydra' then 4096
        when api_share < 0.5 then null
        when u('no limit', person_key) < 0.3 then null
        else
            -- The next usual limit above three times the mean answer.
            list_extract(
                list_filter([64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768], lambda size: size > 3 * least(input_mean * output_ratio, 9000)),
                1
            )
    end::bigint as max_tokens,
    -- What an advertiser puts into a text: its own contact and places.
    case when kind = 'outreach_agency' then group_key else person_key end as contact_owner,
    case when kind = 'outreach_agency' then 12 else 1 end as contact_count,
    case when kind = 'outreach_agency' then 24 else 1 + whole('places', person_key, 3) end as place_count
from pools
join world on true
join label_sets as main_labels on main_labels.label_set = pools.label_set
left join label_sets as side_labels on side_labels.label_set = pools.side_label_set
order by account_no;
