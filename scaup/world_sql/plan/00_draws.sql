-- Every random choice is a function of (seed, stage, id), so a world is the same whatever the
-- number of threads. `u` is for the thousands of rows of the plan; `draw` for the millions of
-- the traffic: a 32-bit integer mixer (two odd multipliers below 2^31, so nothing overflows a
-- BIGINT) costs 10 ns where an MD5 costs 500.

-- A uniform number in [0, 1).
create macro u(stage, id) as
    (md5_number_lower(concat_ws('|', getvariable('seed'), stage, id)) >> 11) / 9007199254740992.0;

-- An integer in [0, below).
create macro whole(stage, id, below) as floor(u(stage, id) * below)::bigint;

-- A standard normal number.
create macro normal(stage, id) as
    sqrt(-2 * ln(1 - u(stage, concat_ws('|', id, 'radius'))))
    * cos(2 * pi() * u(stage, concat_ws('|', id, 'angle')));

-- What a keyed HMAC or a hash of something looks like: 32 hexadecimal digits.
create macro hmac(stage, id) as md5(concat_ws('|', getvariable('seed'), stage, id));

create macro after_days(moment, days) as
    moment + to_microseconds((floor(days * 86400) * 1000000)::bigint);

create macro round_1(x) as (xor(x, x >> 16) * 569420461) & 4294967295;
create macro round_2(x) as (xor(x, x >> 15) * 1935289751) & 4294967295;
create macro round_3(x) as xor(x, x >> 15);
create macro mix(x) as round_3(round_2(round_1(x)));

-- The traffic draws dozens of numbers to a row: lanes, which go through the three rounds side by
-- side, because `mix` written out for each would be eight times as much SQL to plan.
create macro lane(key, n) as (key + n * 2654435769) & 4294967295;
-- A lane as a number in [0, 1), and its halves.
create macro share(lane) as lane / 4294967296.0;
create macro upper_share(lane) as (lane >> 16) / 65536.0;
create macro lower_share(lane) as (lane & 65535) / 65536.0;
-- Nearly normal, standardised: the sum of four halves.
create macro bell(lane_a, lane_b) as
    (((lane_a & 65535) + (lane_a >> 16) + (lane_b & 65535) + (lane_b >> 16)) / 65536.0 - 2) * 1.7320508;
-- 63 bits from two lanes.
create macro wide(lane_a, lane_b) as ((lane_a & 2147483647) << 32) | lane_b;

-- The n-th 32-bit draw that belongs to a key; `unit` is the same in [0, 1).
create macro draw(key, n) as mix((key + n * 2654435769) & 4294967295);
create macro unit(key, n) as draw(key, n) / 4294967296.0;

-- Sixteen hexadecimal digits from a 64-bit number.
create macro hex16(number) as lpad(lower(to_hex(number)), 16, '0');

create macro to_hours_exact(moment, hours) as moment + to_microseconds((floor(hours * 3600) * 1000000)::bigint);
