{# Identities that come more than once: within this load, or here and in the lake. #}
select key_hash
from {{ ("accepted_" ~ table) | identifier }}
group by key_hash
having count(*) > 1
{% if lake %}
    union
    select key_hash
    from
        (
            select
                hash(
                    {% for name in identity %}
                        {{ name | identifier }}{{ ", " if not loop.last }}
                    {% endfor %}
                ) as key_hash
            from {{ lake }}
        ) as known_rows
    semi join {{ ("accepted_" ~ table) | identifier }} using (key_hash)
{% endif %}
