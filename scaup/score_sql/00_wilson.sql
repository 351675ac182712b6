-- The 95 % Wilson interval of a share, as [lower, upper]; null when there is nothing to share.
create temp macro wilson(found, total) as
    case
        when total > 0
        then
            [
                (found + 1.9208 - 1.96 * sqrt(found * (total - found) / total + 0.9604)) / (total + 3.8416),
                (found + 1.9208 + 1.96 * sqrt(found * (total - found) / total + 0.9604)) / (total + 3.8416)
            ]
    end;
