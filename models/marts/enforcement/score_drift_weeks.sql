{# Each week is held against so many before it, over bins of equal width. #}
{% set baseline_weeks = 4 %}
{% set bins = 10 %}

with

    counted as (
        select
            classifier_id,
            version,
            date_trunc('week', occurred_at)::date as week_starts_on,
            least(floor(score * {{ bins }}), {{ bins - 1 }})::bigint as bin,
            count(*) as score_count
        from {{ ref("stg_classifier_scores") }}
        where score is not null
        group by classifier_id, version, week_starts_on, bin
    ),

    -- Weeks with the whole baseline before them, and their end before the snapshot.
    weeks as (
        select classifier_id, version, week_starts_on
        from
            (
                select
                    classifier_id,
                    version,
                    week_starts_on,
                    min(week_starts_on) over (partition by classifier_id, version) as first_week
                from (select distinct classifier_id, version, week_starts_on from counted)  -- bins
            )
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where
            week_starts_on >= first_week + {{ 7 * baseline_weeks }} and week_starts_on + 7 <= as_of
    ),

    binned as (
        select
            weeks.classifier_id,
            weeks.version,
            weeks.week_starts_on,
            numbers.bin,
            coalesce(
                sum(counted.score_count) filter (
                    where counted.week_starts_on < weeks.week_starts_on
                ),
                0
            )::bigint as baseline_count,
            coalesce(
                sum(counted.score_count) filter (
                    where counted.week_starts_on = weeks.week_starts_on
                ),
                0
            )::bigint as score_count
        from weeks
        cross join range({{ bins }}) as numbers(bin)
        left join
            counted
            on weeks.classifier_id = counted.classifier_id
            and weeks.version = counted.version
            and numbers.bin = counted.bin
            and counted.week_starts_on >= weeks.week_starts_on - {{ 7 * baseline_weeks }}
            and counted.week_starts_on <= weeks.week_starts_on
        group by weeks.classifier_id, weeks.version, weeks.week_starts_on, numbers.bin
    ),

    drifts as (
        {{ population_stability("binned", "baseline_count", "score_count", by=["classifier_id", "version", "week_starts_on"]) }}
    )

select
    classifier_id,
    version,
    week_starts_on,
    baseline_count,
    current_count as score_count,
    psi,
    psi_without_drift,
    psi_p_value as drift_p_value,
    coalesce(psi_p_value < 0.05, false) as has_shifted
from drifts
order by classifier_id, version, week_starts_on
