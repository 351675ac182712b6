{#
    Hashes of pictures, as 64 hexadecimal digits.
#}
{#
    Whether a text is 64 hexadecimal digits and nothing else.

        {{ is_hash_of_256_bits("pdq_hex") }}
        -- regexp_full_match(pdq_hex, '[0-9a-fA-F]{64}')
#}
{% macro is_hash_of_256_bits(text) -%}
    {{ adapter.dispatch("is_hash_of_256_bits", "scaup")(text) }}
{%- endmacro %}
{% macro default__is_hash_of_256_bits(text) -%}
    regexp_full_match({{ text }}, '[0-9a-fA-F]{64}')
{%- endmacro %}
{% macro spark__is_hash_of_256_bits(text) -%}
    (length({{ text }}) = 64 and {{ text }} rlike '^[0-9a-fA-F]{64}')
{%- endmacro %}


{#
    The 16 words of 16 bits of a hash, as integers.

        {{ words_of("pdq_hex") }}
        -- list_transform(range(16), lambda place: ('0x' || substr(pdq_hex, 4 * place + 1, 4))::integer)
#}
{% macro words_of(hex) -%} {{ adapter.dispatch("words_of", "scaup")(hex) }} {%- endmacro %}
{% macro default__words_of(hex) -%}
    list_transform(range(16), lambda place: ('0x' || substr({{ hex }}, 4 * place + 1, 4))::integer)
{%- endmacro %}
{% macro spark__words_of(hex) -%}
    transform(sequence(0, 15), place -> conv(substr({{ hex }}, 4 * place + 1, 4), 16, 10)::integer)
{%- endmacro %}


{#
    A word of 16 bits and the 16 words that differ from it by one bit.

        {{ word_and_neighbours("word") }}
        -- list_prepend(word, list_transform(range(16), lambda bit:xor(word, (1 << bit)::integer)))
#}
{% macro word_and_neighbours(word) -%}
    {{ adapter.dispatch("word_and_neighbours", "scaup")(word) }}
{%- endmacro %}
{% macro default__word_and_neighbours(word) -%}
    list_prepend(
        {{ word }}, list_transform(range(16), lambda bit:xor({{ word }}, (1 << bit)::integer))
    )
{%- endmacro %}
{% macro spark__word_and_neighbours(word) -%}
    concat(array({{ word }}), transform(sequence(0, 15), bit -> {{ word }} ^ shiftleft(1, bit)))
{%- endmacro %}


{#
    In how many of 256 bits two hashes differ.

        {{ bits_apart("uploads.pdq_hex", "entries.pdq_hex") }}
        -- bit_count(xor(…first 64 bits…))::integer + … + bit_count(xor(…last 64 bits…))::integer
#}
{% macro bits_apart(one, other) -%}
    {{ adapter.dispatch("bits_apart", "scaup")(one, other) }}
{%- endmacro %}
{% macro default__bits_apart(one, other) -%}
    {% for start in [1, 17, 33, 49] -%}
        -- Cast first: a count of bits is a TINYINT, and four of them would not fit.
        bit_count(
            xor(
                ('0x' || substr({{ one }}, {{ start }}, 16))::ubigint,
                ('0x' || substr({{ other }}, {{ start }}, 16))::ubigint
            )
        )::integer
        {{ "+" if not loop.last }}
    {% endfor %}
{%- endmacro %}
{% macro spark__bits_apart(one, other) -%}
    {% for start in range(1, 65, 8) -%}
        bit_count(
            conv(substr({{ one }}, {{ start }}, 8), 16, 10)::bigint
            ^ conv(substr({{ other }}, {{ start }}, 8), 16, 10)::bigint
        )
        {{ "+" if not loop.last }}
    {% endfor %}
{%- endmacro %}
