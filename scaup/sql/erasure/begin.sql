create or replace temp table erased (kind varchar, value varchar, unique (kind, value))
