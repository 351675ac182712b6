{#
    Times, where DuckDB and Spark spell them unlike. All instants are UTC.
#}
{#
    An instant, or the beginning of a day, in microseconds since 1970.

        {{ micros("occurred_at") }}
        -- epoch_us(occurred_at)
#}
{% macro micros(moment) -%} {{ adapter.dispatch("micros", "scaup")(moment) }} {%- endmacro %}
{% macro default__micros(moment) -%} epoch_us({{ moment }}) {%- endmacro %}
{% macro spark__micros(moment) -%} unix_micros(({{ moment }})::timestamp) {%- endmacro %}


{#
    The day of an instant, UTC. On DuckDB without a time zone: with one, it asks a calendar for each row.

        {{ day_of("occurred_at") }}
        -- make_timestamp(epoch_us(occurred_at))::date
#}
{% macro day_of(moment) -%} {{ adapter.dispatch("day_of", "scaup")(moment) }} {%- endmacro %}
{% macro default__day_of(moment) -%} make_timestamp(epoch_us({{ moment }}))::date {%- endmacro %}
{% macro spark__day_of(moment) -%}({{ moment }})::date {%- endmacro %}


{#
    The beginning of the hour of an instant, UTC; on DuckDB without a time zone, as the day.

        {{ hour_of("occurred_at") }}
        -- make_timestamptz(epoch_us(date_trunc('hour', make_timestamp(epoch_us(occurred_at)))))
#}
{% macro hour_of(moment) -%} {{ adapter.dispatch("hour_of", "scaup")(moment) }} {%- endmacro %}
{% macro default__hour_of(moment) -%}
    make_timestamptz(epoch_us(date_trunc('hour', make_timestamp(epoch_us({{ moment }})))))
{%- endmacro %}
{% macro spark__hour_of(moment) -%} date_trunc('hour', {{ moment }}) {%- endmacro %}


{#
    A day or a text as an instant, UTC.

        {{ instant("valid_from") }}
        -- (valid_from)::timestamptz
#}
{% macro instant(moment) -%} {{ adapter.dispatch("instant", "scaup")(moment) }} {%- endmacro %}
{% macro default__instant(moment) -%} ({{ moment }})::timestamptz {%- endmacro %}
{% macro spark__instant(moment) -%}({{ moment }})::timestamp {%- endmacro %}


{#
    Days from one date to another; negative when the other is earlier.

        {{ days_between("date '1970-01-01'", "activity_date") }}
        -- activity_date - date '1970-01-01'
#}
{% macro days_between(since, until) -%}
    {{ adapter.dispatch("days_between", "scaup")(since, until) }}
{%- endmacro %}
{% macro default__days_between(since, until) -%} {{ until }} - {{ since }} {%- endmacro %}
{% macro spark__days_between(since, until) -%}
    datediff({{ until }}, {{ since }})::bigint
{%- endmacro %}


{#
    Midnights (UTC) from one instant to another; negative when the other is earlier.

        {{ midnights_between("banned_at", "created_at") }}
        -- date_diff('day', banned_at, created_at)
#}
{% macro midnights_between(since, until) -%}
    {{ adapter.dispatch("midnights_between", "scaup")(since, until) }}
{%- endmacro %}
{% macro default__midnights_between(since, until) -%}
    date_diff('day', {{ since }}, {{ until }})
{%- endmacro %}
{% macro spark__midnights_between(since, until) -%}
    datediff(({{ until }})::date, ({{ since }})::date)::bigint
{%- endmacro %}


{#
    Whole days of 24 hours that have gone by from one instant to another, towards nought.

        {{ whole_days_between("banned_at", "created_at") }}
        -- date_sub('day', banned_at, created_at)
#}
{% macro whole_days_between(since, until) -%}
    {{ adapter.dispatch("whole_days_between", "scaup")(since, until) }}
{%- endmacro %}
{% macro default__whole_days_between(since, until) -%}
    date_sub('day', {{ since }}, {{ until }})
{%- endmacro %}
{% macro spark__whole_days_between(since, until) -%}
    (unix_micros({{ until }}) - unix_micros({{ since }})) div 86400000000
{%- endmacro %}


{#
    Full seconds on the clock from one instant to another: each instant is cut to its second first.

        {{ clock_seconds_between("banned_at", "created_at") }}
        -- date_diff('second', banned_at, created_at)
#}
{% macro clock_seconds_between(since, until) -%}
    {{ adapter.dispatch("clock_seconds_between", "scaup")(since, until) }}
{%- endmacro %}
{% macro default__clock_seconds_between(since, until) -%}
    date_diff('second', {{ since }}, {{ until }})
{%- endmacro %}
{% macro spark__clock_seconds_between(since, until) -%}
    (
        (unix_micros({{ until }}) - pmod(unix_micros({{ until }}), 1000000)) div 1000000
        - (unix_micros({{ since }}) - pmod(unix_micros({{ since }}), 1000000)) div 1000000
    )
{%- endmacro %}


{#
    An instant as ISO 8601 has it, to the microsecond.

        {{ iso_instant("wave_starts_at") }}
        -- strftime(wave_starts_at, '%Y-%m-%dT%H:%M:%S.%fZ')
#}
{% macro iso_instant(moment) -%}
    {{ adapter.dispatch("iso_instant", "scaup")(moment) }}
{%- endmacro %}
{% macro default__iso_instant(moment) -%}
    strftime({{ moment }}, '%Y-%m-%dT%H:%M:%S.%fZ')
{%- endmacro %}
{% macro spark__iso_instant(moment) -%}
    date_format({{ moment }}, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
{%- endmacro %}


{#
    The first day of the week that a day is in, where weeks are counted, back and forth, from a given day.

        {{ week_from("activity_date", "as_of::date") }}
        -- time_bucket(interval 7 day, activity_date, as_of::date)::date
#}
{% macro week_from(day, origin) -%}
    {{ adapter.dispatch("week_from", "scaup")(day, origin) }}
{%- endmacro %}
{% macro default__week_from(day, origin) -%}
    time_bucket(interval 7 day, {{ day }}, {{ origin }})::date
{%- endmacro %}
{% macro spark__week_from(day, origin) -%}
    date_add({{ origin }}, (floor(datediff({{ day }}, {{ origin }}) / 7) * 7)::integer)
{%- endmacro %}


{#
    A column of days, both ends inside: one row each. For the list of a `select` alone.

        {{ each_day("first_on", "last_on") }} as activity_date
        -- unnest(generate_series(first_on::timestamp, last_on::timestamp, interval 1 day))::date as …
#}
{% macro each_day(first, last) -%}
    {{ adapter.dispatch("each_day", "scaup")(first, last) }}
{%- endmacro %}
{% macro default__each_day(first, last) -%}
    unnest(generate_series({{ first }}::timestamp, {{ last }}::timestamp, interval 1 day))::date
{%- endmacro %}
{% macro spark__each_day(first, last) -%}
    explode(sequence({{ first }}, {{ last }}, interval 1 day))
{%- endmacro %}
