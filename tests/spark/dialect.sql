-- One query a macro of macros/dialect, each under the name of what it asks; the answers are in dialect.py.

-- micros_of_instants_before_and_after_1970
select n, {{ micros('t') }}
from (select n, {{ instant('text') }} as t
from (values (1, '1969-12-31 23:59:59.999999'), (2, '2024-02-29 00:00:00'), (3, null)) as given(n, text)) as instants
order by n

-- micros_of_a_day
select {{ micros("date '1970-01-02'") }}

-- days_between_over_a_leap_day_and_back
select {{ days_between("date '2024-02-28'", "date '2024-03-01'") }}, {{ days_between("date '2024-03-01'", "date '2024-02-28'") }}, {{ days_between('cast(null as date)', "date '2024-02-28'") }}

-- midnights_between_are_counted_not_hours
select a.n, b.n, {{ midnights_between('a.t', 'b.t') }}
from (select *
from (select n, {{ instant('text') }} as t
from (values (1, '2024-02-28 23:59:59'), (2, '2024-02-29 00:00:00'), (3, null)) as given(n, text)) as instants) as a
cross join (select *
from (select n, {{ instant('text') }} as t
from (values (1, '2024-02-29 23:59:59'), (2, '2024-02-28 00:00:00')) as given(n, text)) as instants) as b
order by 1, 2

-- whole_days_need_24_hours_either_way
select {{ whole_days_between(instant("'2024-02-28 12:00:00'"), instant("'2024-02-29 11:59:59.999999'")) }}, {{ whole_days_between(instant("'2024-02-28 12:00:00'"), instant("'2024-02-29 12:00:00'")) }}, {{ whole_days_between(instant("'2024-02-29 11:59:59'"), instant("'2024-02-28 12:00:00'")) }}, {{ whole_days_between(instant("'2024-03-01 12:00:00'"), instant("'2024-02-28 12:00:00'")) }}, {{ whole_days_between(instant('null'), instant("'2024-02-28 12:00:00'")) }}

-- clock_seconds_are_cut_before_they_are_counted
select {{ clock_seconds_between(instant("'2024-01-01 00:00:00.999'"), instant("'2024-01-01 00:00:01'")) }}, {{ clock_seconds_between(instant("'2024-01-01 00:00:01'"), instant("'2024-01-01 00:00:00.999'")) }}, {{ clock_seconds_between(instant("'1969-12-31 23:59:59.5'"), instant("'1970-01-01 00:00:00'")) }}

-- an_instant_in_words_has_six_places
select {{ iso_instant(instant("'2024-02-29 01:02:03'")) }}, {{ iso_instant(instant("'2024-12-30 23:59:59.000001'")) }}

-- weeks_from_a_day_begin_on_it_before_and_after
select n, {{ week_from('d', "date '2024-03-05'") }}
from (values (1, date '2024-03-05'), (2, date '2024-03-04'), (3, date '2024-02-27'), (4, date '2024-02-26'), (5, date '2024-03-11'), (6, date '2024-03-12'), (7, cast(null as date))) as days(n, d)
order by n

-- each_day_has_both_ends_and_the_leap_day
select d
from (select {{ each_day('a', 'b') }} as d
from (values (date '2024-02-28', date '2024-03-01')) as v(a, b)) as days
order by d

-- the_last_by_keys_breaks_ties_and_passes_over_nulls
select {{ last_by('s', ['n', 's']) }}, {{ last_by('s', ['n', 's'], where='n < 2') }}, {{ last_by('s', ['n', 's'], where='n > 9') }}
from (values (1, 'p', 2), (1, 'q', 2), (1, 'r', 1), (1, null, 9)) as v(k, s, n)

-- the_first_by_keys_breaks_ties_and_passes_over_nulls
select {{ first_by('s', ['n', 's']) }}, {{ first_by('s', ['-n', 's']) }}
from (values (1, 'p', 2), (1, 'q', 2), (1, 'r', 1), (1, null, 9)) as v(k, s, n)

-- quantiles_lie_between_values
select {{ quantile('d', 0.5) }}, {{ quantile('d', 0.99) }}, {{ quantile_of_values('n', 0.5) }}, {{ quantile_of_values('n', 0.51) }}
from (values (1, 1.0e0), (2, 2.0e0), (3, 4.0e0), (4, 8.0e0), (null, null)) as v(n, d)

-- quantiles_of_nothing_are_null
select {{ quantile('d', 0.5) }}, {{ quantile_of_values('d', 0.99) }}
from (values (cast(null as double))) as v(d)

-- distinct_values_of_a_window_leave_nulls_out
select k, n, {{ distinct_over('s', 'recent') }}
from (values ('a', 1, 'x'), ('a', 2, null), ('a', 3, 'x'), ('a', 4, 'y'), ('b', 1, null)) as v(k, n, s)
window recent as (partition by k
order by n range between 2 preceding and current row)
order by k, n

-- medians_before_leave_the_row_itself_out
with v as (select *
from (values ('a', 1, 4), ('a', 2, 2), ('a', 3, 9), ('a', 4, 16), ('a', 5, 30), ('a', 6, 0)) as given(k, n, x)) select n, count_before, median_before, mad_before
from {{ with_medians_before('v', 'x', ['k'], 'n', 3) }}
order by n

-- sorted_values_are_distinct_and_null_when_there_are_none
select k, {{ sorted_values('s', where='s is not null') }}, {{ sorted_values('n', where='n > 1') }}
from (values ('a', 1, 'x', 1.5), ('a', 2, 'x', 2.5), ('a', 3, null, 3.5), ('b', 1, null, null)) as v(k, n, s, d)
group by k
order by k

-- values_by_rank_break_ties_by_themselves
select {{ values_by_rank('s', 'r') }}
from (values ('b', 1.5e0), ('a', 1.5e0), ('c', 2.5e0)) as v(s, r)

-- the_nth_smallest_is_null_beyond_the_last
select k, {{ nth_smallest('n', 'any_value(p)', 'w') }}
from (values ('a', 5, 2, true), ('a', 3, 2, true), ('a', 1, 2, false), ('b', 1, 2, true), ('c', 1, 2, false)) as v(k, n, p, w)
group by k
order by k

-- a_list_without_texts_stands_in_for_none
select k, coalesce({{ sorted_values('s', where='s is not null') }}, {{ no_texts() }})
from (values ('a', 1, 'x', 1.5), ('a', 2, 'x', 2.5), ('a', 3, null, 3.5), ('b', 1, null, null)) as v(k, n, s, d)
group by k
order by k

-- a_value_is_in_a_list_or_not
select {{ has_value('l', "'x'") }}, {{ has_value('l', "'z'") }}
from (select {{ sorted_values('s', where='s is not null') }} as l
from (values ('a', 1, 'x', 1.5), ('a', 2, 'x', 2.5), ('a', 3, null, 3.5), ('b', 1, null, null)) as v(k, n, s, d)) as lists

-- each_value_of_a_list_is_a_row
select k, s
from (select k, {{ each_value('l') }} as s
from (select k, {{ sorted_values('n') }} as l
from (values ('a', 1, 'x', 1.5), ('a', 2, 'x', 2.5), ('a', 3, null, 3.5), ('b', 1, null, null)) as v(k, n, s, d)
group by k) as lists) as rows_of_lists
order by k, s

-- places_in_a_list_begin_at_nought
select place, word
from (select {{ each_place_and_value('l', 'place', 'word') }}
from (select {{ sorted_values('n') }} as l
from (values ('a', 1, 'x', 1.5), ('a', 2, 'x', 2.5), ('a', 3, null, 3.5), ('b', 1, null, null)) as v(k, n, s, d)) as lists) as places
order by place

-- from_the_end_is_null_before_the_first
select {{ from_end('l', 1) }}, {{ from_end('l', 3) }}, {{ from_end('l', 4) }}
from (select {{ sorted_values('n') }} as l
from (values ('a', 1, 'x', 1.5), ('a', 2, 'x', 2.5), ('a', 3, null, 3.5), ('b', 1, null, null)) as v(k, n, s, d)) as lists

-- only_64_hexadecimal_digits_are_a_hash
select n, {{ is_hash_of_256_bits('h') }}
from (values (1, '0aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF9'), (2, '0aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90'), (3, '0aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF'), (4, '0aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aF90aFg'), (5, null)) as v(n, h)
order by n

-- words_of_a_hash_are_whole_numbers
select {{ words_of('h') }}
from (values ('00010001000100010001000100010001ffFFffFFffFFffFFffFFffFFffFFffFF')) as v(h)

-- a_words_neighbours_differ_by_one_bit
select word
from (select {{ each_value(word_and_neighbours('w')) }} as word
from (values (5)) as v(w)) as words
order by word

-- bits_apart_count_the_first_and_the_last
select {{ bits_apart('a', 'b') }}
from (values ('0000000000000000000000000000000000000000000000000000000000000000', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'), ('0000000000000000000000000000000000000000000000000000000000000000', '8000000000000000000000000000000000000000000000000000000000000001'), ('aBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaBaB', 'AbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAbAb')) as v(a, b)
order by 1

-- wide_numbers_hold_the_square_of_a_day_in_microseconds
select sum(86400000000 * cast(86400000000 as {{ wide_integer() }}))
from (values (1), (2)) as v(n)

-- the_day_and_the_hour_of_an_instant_are_those_of_utc
select n, {{ day_of('t') }}, {{ hour_of('t') }}
from (
    select n, {{ instant('text') }} as t
    from (values (1, '2024-02-29 23:59:59.999999'), (2, '2024-03-01 00:00:00'), (3, '1969-12-31 23:30:00'), (4, null)) as given(n, text)
) as instants
order by n

-- halves_are_rounded_away_from_nought_after_the_product
select n, cast({{ rounded_decimal('x', 18, 6) }} as double), cast({{ rounded_decimal('x', 9, 3) }} as double)
from (values (1, 0.0000005e0), (2, -0.0000005e0), (3, -0.2529375e0), (4, 2.0005e0), (5, 1.0005e0), (6, 0e0)) as v(n, x)
order by n
