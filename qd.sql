SET search_path = pg_catalog;SET timezone='UTC';
\t on
\a
SELECT 'sequences sequence '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I', n.nspname, c.relname), coalesce(pg_sequence_last_value(c.oid), s.seqstart - s.seqincrement)
             || CASE WHEN s.seqincrement < 0 THEN ' -' ELSE ' +' END
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relpersistence = 'p') x(a,b);
SELECT 'sequences unlogged sequence '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I', n.nspname, c.relname), coalesce(pg_sequence_last_value(c.oid), s.seqstart - s.seqincrement)
             || CASE WHEN s.seqincrement < 0 THEN ' -' ELSE ' +' END
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relpersistence = 'u') x(a,b);
SELECT 'schema sequence '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT s.seqrelid::regclass::text, concat_ws('|', s.seqtypid::regtype, s.seqstart, s.seqmin, s.seqmax, s.seqincrement,
             s.seqcycle, s.seqcache, (SELECT format('%s.%I', d.refobjid::regclass, a.attname) FROM pg_depend d
                JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
               WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
                 AND d.deptype IN ('a', 'i')))
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relpersistence <> 't') x(a,b);
SELECT 'schema schema '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(nspname), 'present' FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)') x(a,b);
SELECT 'schema relation '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I', n.nspname, c.relname),
             concat_ws('|', c.relkind, c.relpersistence, c.relispartition, c.relreplident, (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(c.reloptions) o),
                       (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(t.reloptions) o), am.amname, s.spcname, nullif(c.reloftype, 0)::regtype,
                       md5(pg_get_expr(c.relpartbound, c.oid)), md5(pg_get_partkeydef(c.oid)),
                       (SELECT string_agg(i.inhparent::regclass || CASE WHEN i.inhdetachpending THEN ' detaching' ELSE '' END,
                                          ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid),
                       (SELECT md5(string_agg(a.attname, ',' ORDER BY a.attnum)) FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
        LEFT JOIN pg_class t ON t.oid = c.reltoastrelid LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
       WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND n.nspname !~ '^pg_(toast|temp)') x(a,b);
SELECT 'schema column '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname),
             concat_ws('|', format_type(a.atttypid, a.atttypmod), a.attnotnull, nullif(a.attidentity, ''), nullif(a.attgenerated, ''),
                 CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END,
                 CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, nullif(a.attcompression, ''),
                 nullif(a.attstattarget, -1),
                 (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%'), (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(a.attfdwoptions) o),
                 CASE WHEN NOT a.attislocal THEN 'inherited' END, nullif(a.attinhcount, 0), md5(pg_get_expr(d.adbin, d.adrelid)))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND n.nspname !~ '^pg_(toast|temp)') x(a,b);
SELECT 'schema view '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I', n.nspname, c.relname), md5(pg_get_viewdef(c.oid))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm') AND n.nspname !~ '^pg_temp') x(a,b);
SELECT 'schema materialized view '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT c.oid::regclass::text, CASE WHEN c.relispopulated THEN 'populated' ELSE 'not populated' END
        FROM pg_class c WHERE c.relkind = 'm') x(a,b);
SELECT 'schema constraint '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%s on %s', quote_ident(conname),
                    CASE WHEN conrelid <> 0 THEN conrelid::regclass::text ELSE contypid::regtype::text END),
             concat_ws('|', contype, convalidated, condeferrable, condeferred, conislocal, coninhcount,
                       CASE WHEN contype = 'c' THEN connoinherit END, md5(pg_get_constraintdef(k.oid)))
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
       WHERE k.oid >= 16384 AND n.nspname !~ '^pg_(toast|temp)') x(a,b);
SELECT 'schema index '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT i.indexrelid::regclass::text,
             concat_ws('|', indisvalid, indisready, indislive, indisunique, indisprimary, indisclustered, indisreplident, s.spcname,
                       (SELECT h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = i.indexrelid),
                       (SELECT string_agg(a.attnum || '=' || a.attstattarget, ',' ORDER BY a.attnum) FROM pg_attribute a
                         WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0),
                       md5(pg_get_indexdef(i.indexrelid)))
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
       WHERE c.oid >= 16384 AND n.nspname !~ '^pg_(toast|temp)') x(a,b);
SELECT 'schema trigger '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I on %s', t.tgname, t.tgrelid::regclass), concat_ws('|', tgenabled, md5(pg_get_triggerdef(t.oid)))
        FROM pg_trigger t WHERE NOT tgisinternal) x(a,b);
SELECT 'schema constraint triggers of '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT tgrelid::regclass::text, string_agg(tgenabled::text || tgtype, ',' ORDER BY
                 k.conrelid::regclass::text, k.conname, tgtype, tgfoid::regproc::text)
        FROM pg_trigger t LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE tgisinternal GROUP BY 1) x(a,b);
SELECT 'schema rule '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I on %s', r.rulename, r.ev_class::regclass), concat_ws('|', ev_enabled, md5(pg_get_ruledef(r.oid)))
        FROM pg_rewrite r WHERE r.oid >= 16384 AND r.rulename <> '_RETURN') x(a,b);
SELECT 'schema statistics '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I', n.nspname, s.stxname), concat_ws('|', s.stxstattarget, md5(pg_get_statisticsobjdef(s.oid)))
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace) x(a,b);
SELECT 'rows large object '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT CASE WHEN b.step = 1 THEN m.oid::text ELSE format('%s to %s', m.oid::bigint / b.step * b.step, (m.oid::bigint / b.step + 1) * b.step - 1) END,
             concat_ws('|', count(*), sum(coalesce((
               SELECT l.pageno::bigint * current_setting('block_size')::int / 4 + length(l.data) FROM pg_largeobject l
                WHERE l.loid = m.oid ORDER BY l.pageno DESC LIMIT 1), 0)))
        FROM pg_largeobject_metadata m,
             (SELECT power(10, greatest(0, ceil(log(greatest(count(*), 1) / 1000.0))))::bigint AS step FROM pg_largeobject_metadata) b
       GROUP BY 1) x(a,b);
SELECT 'content large object '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT CASE WHEN b.step = 1 THEN m.oid::text ELSE format('%s to %s', m.oid::bigint / b.step * b.step, (m.oid::bigint / b.step + 1) * b.step - 1) END,
             coalesce(sum(hashtextextended(l.loid || '/' || l.pageno || '/' || encode(l.data, 'hex'), 0)), 0)::text
        FROM pg_largeobject_metadata m LEFT JOIN pg_largeobject l ON l.loid = m.oid,
             (SELECT power(10, greatest(0, ceil(log(greatest(count(*), 1) / 1000.0))))::bigint AS step FROM pg_largeobject_metadata) b
       GROUP BY 1) x(a,b);
SELECT 'schema function '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE p.oid >= 16384 AND p.prokind IN ('f', 'w') AND n.nspname !~ '^pg_temp' AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema procedure '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE p.oid >= 16384 AND p.prokind = 'p' AND n.nspname !~ '^pg_temp' AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema aggregate '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT p.oid::regprocedure::text, md5(concat_ws('|', p.prorettype::regtype, p.provolatile, p.proparallel, pg_get_function_arguments(p.oid),
             a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
             a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn, a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify,
             a.aggmfinalmodify, a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.aggmtranstype::regtype,
             a.aggmtransspace, coalesce(a.agginitval, '(none)'), coalesce(a.aggminitval, '(none)')))
        FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
       WHERE p.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema event trigger '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(evtname), concat_ws('|', evtevent, evtenabled, evtfoid::regprocedure, evttags, pg_get_userbyid(evtowner))
        FROM pg_event_trigger) x(a,b);
SELECT 'schema language '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(lanname), concat_ws('|', lanpltrusted, lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc)
        FROM pg_language) x(a,b);
SELECT 'schema transform '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('for %s language %I', t.trftype::regtype, l.lanname), concat_ws('|', t.trffromsql::regprocedure, t.trftosql::regprocedure)
        FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang) x(a,b);
SELECT 'schema access method '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(amname), concat_ws('|', amtype, amhandler) FROM pg_am) x(a,b);
SELECT 'extensions extension '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(extname), concat_ws('|', extversion, extnamespace::regnamespace, extrelocatable,
             (SELECT string_agg(x.rel::regclass::text, ',' ORDER BY x.rel::regclass::text) FROM unnest(extconfig) x (rel)))
        FROM pg_extension) x(a,b);
SELECT 'extensions members of '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(e.extname), concat_ws('|', count(*), coalesce(sum(hashtextextended(CASE WHEN p.oid IS NULL THEN d.classid::regclass::text
             ELSE concat_ws('|', p.proname, p.prosrc, p.probin, p.prosecdef, p.proleakproof, p.proisstrict, p.provolatile, p.proparallel,
                            p.proconfig, p.procost, p.prorows) END, 0)), 0))
        FROM pg_extension e JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
        LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
       GROUP BY 1) x(a,b);
SELECT 'schema comment on '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT concat_ws(' ', i.type, i.identity), md5(d.description)
        FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
       WHERE d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass) x(a,b);
SELECT 'schema comments on '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT 'built-in objects', count(*) || '|' || coalesce(sum(hashtextextended(concat_ws('|', classoid, objoid, objsubid, description), 0)), 0)
        FROM pg_description WHERE objoid < 16384 AND classoid <> 'pg_namespace'::regclass) x(a,b);
SELECT 'schema security label of '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT concat_ws(' ', quote_ident(s.provider), 'on', i.type, i.identity), md5(s.label)
        FROM pg_seclabel s, LATERAL pg_identify_object(s.classoid, s.objoid, s.objsubid) i) x(a,b);
SELECT 'schema type '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT t.oid::regtype::text,
             md5(concat_ws('|', typtype, typnotnull, nullif(typbasetype, 0)::regtype, typtypmod, typdefault, nullif(typcollation, 0)::regcollation, typndims,
                 typlen, typbyval, typalign, typstorage, typdelim, typcategory, typispreferred, nullif(typelem, 0)::regtype, typinput, typoutput,
                 typreceive, typsend, typmodin, typmodout, typanalyze, typsubscript,
                 (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
                 (SELECT concat_ws(',', rngsubtype::regtype, rngmultitypid::regtype, nullif(rngcollation, 0)::regcollation, rngcanonical, rngsubdiff,
                         (SELECT opcname FROM pg_opclass o WHERE o.oid = rngsubopc)) FROM pg_range r WHERE r.rngtypid = t.oid)))
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
       WHERE t.oid >= 16384 AND typtype IN ('e', 'd', 'r', 'm', 'b', 'p') AND n.nspname !~ '^pg_(toast|temp)'
         AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema operator '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT o.oid::regoperator::text, concat_ws('|', oprkind, oprcanmerge, oprcanhash, oprresult::regtype, oprcom::regoperator,
             oprnegate::regoperator, oprcode::regprocedure, oprrest, oprjoin)
        FROM pg_operator o WHERE o.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema operator class '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I using %I', n.nspname, o.opcname, a.amname), concat_ws('|', opcintype::regtype, opcdefault,
             nullif(opckeytype, 0)::regtype, (SELECT format('%s.%I', f.opfnamespace::regnamespace, f.opfname) FROM pg_opfamily f WHERE f.oid = o.opcfamily))
        FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace JOIN pg_am a ON a.oid = o.opcmethod
       WHERE o.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_opclass'::regclass AND d.objid = o.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema operator family '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I using %I', n.nspname, f.opfname, a.amname), md5(concat_ws('|',
             (SELECT string_agg(concat_ws(' ', amopstrategy, amoppurpose, amopopr::regoperator, nullif(amopsortfamily, 0)), ',' ORDER BY amopstrategy, amopopr::regoperator::text)
                FROM pg_amop WHERE amopfamily = f.oid),
             (SELECT string_agg(concat_ws(' ', amprocnum, amproclefttype::regtype, amprocrighttype::regtype, amproc::regprocedure), ','
                                ORDER BY amprocnum, amproclefttype::regtype::text, amprocrighttype::regtype::text)
                FROM pg_amproc WHERE amprocfamily = f.oid)))
        FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am a ON a.oid = f.opfmethod
       WHERE (f.oid >= 16384 OR f.oid IN (SELECT amopfamily FROM pg_amop WHERE oid >= 16384 UNION SELECT amprocfamily FROM pg_amproc WHERE oid >= 16384))
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_opfamily'::regclass AND d.objid = f.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema cast '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%s as %s', c.castsource::regtype, c.casttarget::regtype), concat_ws('|', nullif(c.castfunc, 0)::regprocedure, c.castcontext, c.castmethod)
        FROM pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e')) x(a,b);
SELECT 'schema collation '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT c.oid::regcollation::text, concat_ws('|', collprovider, collisdeterministic, collencoding, collcollate, collctype, colliculocale,
             collversion, pg_collation_actual_version(c.oid))
        FROM pg_collation c WHERE c.oid >= 16384 OR c.oid IN (
             SELECT attcollation FROM pg_attribute WHERE attrelid >= 16384 AND attcollation NOT IN (0, 100, 950, 951))) x(a,b);
SELECT 'schema conversion '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I.%I', n.nspname, c.conname), concat_ws('|', pg_encoding_to_char(conforencoding), pg_encoding_to_char(contoencoding),
             conproc::regprocedure, condefault)
        FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.oid >= 16384) x(a,b);
SELECT 'schema text search configuration '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT c.oid::regconfig::text, concat_ws('|', (SELECT format('%s.%I', p.prsnamespace::regnamespace, p.prsname) FROM pg_ts_parser p WHERE p.oid = c.cfgparser),
             md5((SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ',' ORDER BY m.maptokentype, m.mapseqno)
                    FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)))
        FROM pg_ts_config c WHERE c.oid >= 16384) x(a,b);
SELECT 'schema text search dictionary '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT c.oid::regdictionary::text, concat_ws('|', (SELECT format('%s.%I', t.tmplnamespace::regnamespace, t.tmplname) FROM pg_ts_template t
             WHERE t.oid = c.dicttemplate), md5(c.dictinitoption))
        FROM pg_ts_dict c WHERE c.oid >= 16384) x(a,b);
SELECT 'schema text search parser '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%s.%I', prsnamespace::regnamespace, prsname), concat_ws('|', prsstart, prstoken, prsend, prsheadline, prslextype)
        FROM pg_ts_parser WHERE oid >= 16384) x(a,b);
SELECT 'schema text search template '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%s.%I', tmplnamespace::regnamespace, tmplname), concat_ws('|', tmplinit, tmpllexize) FROM pg_ts_template WHERE oid >= 16384) x(a,b);
SELECT 'schema foreign data wrapper '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(fdwname), concat_ws('|', fdwhandler::regproc, fdwvalidator::regproc, (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(fdwoptions) o)) FROM pg_foreign_data_wrapper) x(a,b);
SELECT 'schema foreign server '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(srvname), concat_ws('|', fdwname, srvtype, srvversion, (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(srvoptions) o))
        FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw) x(a,b);
SELECT 'schema foreign table '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT f.ftrelid::regclass::text, concat_ws('|', s.srvname, (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(f.ftoptions) o))
        FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver) x(a,b);
SELECT 'roles user mapping '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I for %s', s.srvname, CASE WHEN u.umuser = 0 THEN 'public' ELSE pg_get_userbyid(u.umuser) END), coalesce((SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(u.umoptions) o), 'none')
        FROM pg_user_mapping u JOIN pg_foreign_server s ON s.oid = u.umserver) x(a,b);
SELECT 'schema publication '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT quote_ident(pubname), concat_ws('|', puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot, pg_get_userbyid(pubowner))
        FROM pg_publication) x(a,b);
SELECT 'schema published table '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%s in %I', r.prrelid::regclass, p.pubname), concat_ws('|',
             (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
             md5(pg_get_expr(r.prqual, r.prrelid)))
        FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid) x(a,b);
SELECT 'schema published schema '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%s in %I', s.pnnspid::regnamespace, p.pubname), 'published'
        FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid) x(a,b);
SELECT 'roles owner and grants of '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT x.what, concat_ws('|', pg_get_userbyid(x.owner), CASE WHEN x.acl IS NOT NULL THEN nullif(
             coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(x.acl) a), 'nobody'),
             (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(acldefault(x.sort, x.owner)) a)) END)
        FROM (
          SELECT CASE relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'f' THEN 'foreign table '
                      ELSE 'table ' END || c.oid::regclass AS what, relowner AS owner, relacl AS acl,
                 CASE WHEN relkind = 'S' THEN 's' ELSE 'r' END::"char" AS sort
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_init_privs i ON c.oid < 16384 AND i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
           WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_(toast|temp)'
             AND (c.oid >= 16384 OR c.relacl IS DISTINCT FROM coalesce(i.initprivs,
                  CASE WHEN n.nspname = 'information_schema' THEN acldefault('r', relowner) || makeaclitem(0, relowner, 'SELECT', false) END))
          UNION ALL
          SELECT 'routine ' || p.oid::regprocedure, proowner, proacl, 'f'
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            LEFT JOIN pg_init_privs i ON p.oid < 16384 AND i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid
           WHERE n.nspname !~ '^pg_temp' AND (p.oid >= 16384 OR p.proacl IS DISTINCT FROM i.initprivs)
          UNION ALL
          SELECT 'type ' || t.oid::regtype, typowner, typacl, 'T'
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_class c ON c.oid = t.typrelid
           WHERE (t.oid >= 16384 OR t.typacl IS NOT NULL) AND t.typtype <> 'm' AND n.nspname !~ '^pg_(toast|temp)' AND (t.typrelid = 0 OR c.relkind = 'c')
             AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
          UNION ALL
          SELECT 'schema ' || quote_ident(nspname), nspowner, nspacl, 'n' FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'
          UNION ALL
          SELECT 'language ' || quote_ident(lanname), lanowner, lanacl, 'l' FROM pg_language
          UNION ALL
          SELECT 'foreign data wrapper ' || quote_ident(fdwname), fdwowner, fdwacl, 'F' FROM pg_foreign_data_wrapper
          UNION ALL
          SELECT 'foreign server ' || quote_ident(srvname), srvowner, srvacl, 'S' FROM pg_foreign_server) x) x(a,b);
SELECT 'roles owner of '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT x.what, pg_get_userbyid(x.owner) FROM (
        SELECT 'operator ' || oid::regoperator AS what, oprowner AS owner FROM pg_operator WHERE oid >= 16384 UNION ALL
        SELECT format('operator class %s.%I using %I', o.opcnamespace::regnamespace, o.opcname, a.amname), o.opcowner
          FROM pg_opclass o JOIN pg_am a ON a.oid = o.opcmethod WHERE o.oid >= 16384 UNION ALL
        SELECT format('operator family %s.%I using %I', o.opfnamespace::regnamespace, o.opfname, a.amname), o.opfowner
          FROM pg_opfamily o JOIN pg_am a ON a.oid = o.opfmethod WHERE o.oid >= 16384 UNION ALL
        SELECT 'collation ' || oid::regcollation, collowner FROM pg_collation WHERE oid >= 16384 UNION ALL
        SELECT format('conversion %s.%I', connamespace::regnamespace, conname), conowner FROM pg_conversion WHERE oid >= 16384 UNION ALL
        SELECT 'text search configuration ' || oid::regconfig, cfgowner FROM pg_ts_config WHERE oid >= 16384 UNION ALL
        SELECT 'text search dictionary ' || oid::regdictionary, dictowner FROM pg_ts_dict WHERE oid >= 16384 UNION ALL
        SELECT format('statistics %s.%I', stxnamespace::regnamespace, stxname), stxowner FROM pg_statistic_ext UNION ALL
        SELECT 'extension ' || quote_ident(extname), extowner FROM pg_extension) x) x(a,b);
SELECT 'roles column grants of '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%s.%I', a.attrelid::regclass, a.attname), (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(a.attacl) x)
        FROM pg_attribute a LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = a.attrelid AND i.objsubid = a.attnum
       WHERE a.attacl IS NOT NULL AND (a.attrelid >= 16384 OR a.attacl IS DISTINCT FROM i.initprivs)) x(a,b);
SELECT 'roles row security of '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT c.oid::regclass::text, CASE WHEN relforcerowsecurity THEN 'forced' ELSE 'not forced' END || CASE WHEN relrowsecurity THEN ', on' ELSE ', off' END
        FROM pg_class c WHERE relrowsecurity OR relforcerowsecurity) x(a,b);
SELECT 'roles policy '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT format('%I on %s', polname, polrelid::regclass), concat_ws('|', polcmd, polpermissive,
             (SELECT string_agg(x.name, ',' ORDER BY x.name) FROM (
                SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r) END AS name FROM unnest(polroles) r) x),
             md5(pg_get_expr(polqual, polrelid)), md5(pg_get_expr(polwithcheck, polrelid)))
        FROM pg_policy) x(a,b);
SELECT 'roles default privileges '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT concat_ws(' ', pg_get_userbyid(defaclrole), nullif(defaclnamespace, 0)::regnamespace, defaclobjtype),
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(defaclacl) x) FROM pg_default_acl) x(a,b);
SELECT 'roles large object '||a||'  =>  '||coalesce(b::text,'null') FROM (
      SELECT CASE WHEN b.step = 1 THEN m.oid::text ELSE format('%s to %s', m.oid::bigint / b.step * b.step, (m.oid::bigint / b.step + 1) * b.step - 1) END,
             md5(string_agg(concat_ws('|', m.oid, pg_get_userbyid(m.lomowner),
               (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(coalesce(m.lomacl, acldefault('L', m.lomowner))) x)), ',' ORDER BY m.oid))
        FROM pg_largeobject_metadata m,
             (SELECT power(10, greatest(0, ceil(log(greatest(count(*), 1) / 1000.0))))::bigint AS step FROM pg_largeobject_metadata) b
       GROUP BY 1) x(a,b);
