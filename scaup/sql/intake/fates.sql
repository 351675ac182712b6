{# The first row of an identity stands, the lake's before all. Later ones repeat it or contradict it. #}
select file_no, source_line, content is not distinct from standing_content as is_repeated
from
    (
        select
            file_no,
            source_line,
            content,
            first_value(content) over same_identity as standing_content,
            row_number() over same_identity as place
        from contenders
        window same_identity as (partition by identity order by file_no, source_line)
    )
where place > 1 and file_no >= 0
