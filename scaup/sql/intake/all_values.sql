select bit_xor(hash(file_rows)) from {{ rows }} as file_rows
