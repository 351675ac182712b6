-- One event in a hundred is sent again, unchanged, with the next day's files.
insert into block_requests
select * replace (release_day + 1 as release_day) from block_requests as block where draw(request_key, 42) % 1000 < 10;

insert into block_logins
select * replace (release_day + 1 as release_day) from block_logins where draw(request_key, 43) % 1000 < 10;

insert into block_classifier_scores
select * replace (release_day + 1 as release_day) from block_classifier_scores where draw(request_key, 44) % 1000 < 10;
