-- Fills an empty database, whose tables a gateway has made, with one census of 5,000,000 subjects and three assignments each, at 2,000 scopes. Takes some minutes and 4 GB.
insert into role (name) select 'role ' || g from generate_series(1,40) g;
insert into scope (key, components) select decode(md5('s'||g),'hex'), jsonb_build_array(jsonb_build_object('field','customerUuid','uuid', lpad(g::text,8,'0')||'-0000-4000-8000-000000000000')) from generate_series(1,2000) g;
insert into scope_component select id, 'customerUuid', components->0->>'uuid' from scope;
insert into census (as_of, previous, digest, subject_count, assignment_count, is_different) values ('2026-03-01T00:00:00Z', null, decode(md5('x'),'hex'), 5000000, 15000000, true);
alter table assignment drop constraint assignment_subject_id_fkey, drop constraint assignment_role_id_fkey, drop constraint assignment_scope_id_fkey;
drop index assignment_subject, assignment_role, assignment_scope, assignment_granted, assignment_revoked;
insert into subject (reference, raw_type, held) select lpad(g::text,8,'0')||'-0000-4000-8000-000000000001', 'SUBJECT_TYPE_USER', decode(md5(g::text),'hex') from generate_series(1,5000000) g;
insert into assignment (subject_id, role_id, scope_id, valid_from) select g, 1 + (g*7+k*13) % 40, case when g % 500 = 0 and k = 0 then null else 1 + (g*31+k*977) % 2000 end, '2026-03-01T00:00:00Z' from generate_series(1,5000000) g, generate_series(0,2) k;
create index assignment_subject on assignment (subject_id, role_id);
create index assignment_role on assignment (role_id, valid_from);
create index assignment_scope on assignment (scope_id, valid_from);
create index assignment_granted on assignment (valid_from, id);
create index assignment_revoked on assignment (valid_to, id) where valid_to is not null;
insert into tally select role_id, coalesce(scope_id, -1), count(*) from assignment group by 1, 2;
insert into tally select role_id, 0, count(*) from (select role_id from assignment group by subject_id, role_id) as each group by role_id;
insert into tally select 0, scope_id, count(*) from (select scope_id from assignment where scope_id is not null group by subject_id, scope_id) as each group by scope_id;
insert into type_tally select raw_type, count(*) from subject group by raw_type;
vacuum analyze;
