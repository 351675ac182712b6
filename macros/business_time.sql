{#
    Business minutes between two moments, either way round the clock of `calendar` (int_business_days): what
    lies within opening hours, to the microsecond. Null when a moment is; 0 when nothing lies between.

        {{ business_minutes("received_at", "first_reviewed_at", "us_federal", ref("int_business_days")) }}
        -- (select sum(overlap of each open day with received_at … first_reviewed_at) / 6e7)
#}
{% macro business_minutes(since, until, calendar_id, calendar) -%}
    case
        when {{ since }} is not null and {{ until }} is not null
        then
            coalesce(
                (
                    select
                        sum(
                            epoch_us(least(_closes_at, {{ until }}))
                            - epoch_us(greatest(_opens_at, {{ since }}))
                        )
                        / 6e7::double
                    from
                        (
                            select opens_at as _opens_at, closes_at as _closes_at
                            from {{ calendar }}
                            where calendar_id = '{{ calendar_id }}'
                        ) as _days
                    where _closes_at > {{ since }} and _opens_at < {{ until }}
                ),
                0
            )
    end
{%- endmacro %}


{#
    The day that is so many business days after a day, which itself need not be one: from a Saturday, one business
    day later is Monday. Null beyond the calendar.

        {{ business_days_after("received_at::date", 14, "us_federal", ref("int_business_days")) }}
        -- (select min(day) … where business_day_number = the one of that day + 14)
#}
{% macro business_days_after(day, count, calendar_id, calendar) -%}
    (
        select min(_later_day)
        from
            (
                select before.day as _day, later.day as _later_day
                from {{ calendar }} as before
                inner join
                    {{ calendar }} as later
                    on before.calendar_id = later.calendar_id
                    and before.business_day_number + {{ count }} = later.business_day_number
                where before.calendar_id = '{{ calendar_id }}'
            ) as _days
        where _day = {{ day }}
    )
{%- endmacro %}
