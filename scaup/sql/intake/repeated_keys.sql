{# Few lists of keys stand for many lines: looking for a key given twice in each is cheap. #}
update chunk_lines
set reason = 'a key given twice'
where
    keys in (
        select keys
        from key_lists
        where len(keys) != len(list_distinct(keys))
    )
