import re,subprocess
out={}
for db in ('bookings','copy'):
    sql="SET search_path = pg_catalog;SET timezone='UTC';\n\\t on\n\\a\n"
    for f in ['relations','code','types','foreign','grants']:
        t=open(f'/tmp/h1/main/harness/check/catalog_queries_{f}.cpp').read()
        for k,n,q in re.findall(r'\{FactKind::(\w+), "([^"]+)",\s*R"sql\((.*?)\)sql"\}',t,re.S):
            sql+=f"SELECT '{k} {n} '||a||'  =>  '||coalesce(b::text,'null') FROM ({q}) x(a,b);\n"
    open('qd.sql','w').write(sql)
    r=subprocess.run(['psql','-h','/dev/shm/h1/pg','-p','55991','-U','postgres','-X','-q','-d',db,'-f','qd.sql'],capture_output=True,text=True)
    print(r.stderr[:500])
    out[db]=set(r.stdout.splitlines())
a,b=out['bookings'],out['copy']
print(len(a),len(b))
for x in sorted(a-b)[:12]: print('-',x)
for x in sorted(b-a)[:12]: print('+',x)
