"""SQLite, DuckDB and PostgreSQL: one schema, the same questions as recursive queries.

The peers' best case: ids are dense integers, the queries are prepared once, and SQLite and DuckDB run inside this process.
"""
import json
import sqlite3

from .base import Unavailable, Writer
from workload.tables import rows

SCHEMA = """
CREATE TABLE item(id BIGINT PRIMARY KEY, kind SMALLINT NOT NULL, key TEXT NOT NULL UNIQUE);
CREATE TABLE version(id BIGINT PRIMARY KEY, item BIGINT NOT NULL, kind SMALLINT NOT NULL, seq INT NOT NULL,
  created_at BIGINT NOT NULL, supersedes BIGINT, hash TEXT NOT NULL, bytes BIGINT NOT NULL);
CREATE TABLE edge(src BIGINT NOT NULL, dst BIGINT NOT NULL, kind SMALLINT NOT NULL, PRIMARY KEY(src,dst,kind)){rowid};
CREATE TABLE tag(version BIGINT NOT NULL, tag TEXT NOT NULL, from_ts BIGINT NOT NULL, to_ts BIGINT,
  PRIMARY KEY(version,tag,from_ts)){rowid};"""
INDEXES = """
CREATE INDEX version_item ON version(item, seq);
CREATE INDEX version_sup ON version(supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX edge_dst ON edge(dst, kind, src);
CREATE INDEX tag_tag ON tag(tag, version);"""
TABLES = [("item", "items"), ("version", "versions"), ("edge", "edges"), ("tag", "tags")]
# CROSS JOIN keeps SQLite from starting at the wrong end.
BELOW = """WITH RECURSIVE d(id) AS (SELECT ?{cast} UNION
  SELECT e.src FROM d CROSS JOIN edge e WHERE e.dst=d.id AND e.kind IN (4,5,7,8))
  SELECT v.id FROM d CROSS JOIN version v WHERE v.id=d.id AND v.kind=6"""
QUERIES = {
    "version": "SELECT id,item,kind,seq,created_at,supersedes FROM version WHERE id=?",
    "sources": "SELECT dst,kind FROM edge WHERE src=? ORDER BY dst,kind LIMIT 100",
    "tags": "SELECT tag FROM tag WHERE version=? AND to_ts IS NULL ORDER BY tag",
    "history": "SELECT id,seq,created_at FROM version WHERE item=? ORDER BY seq",
    "holders": BELOW + " ORDER BY 1",
    "holders_at": BELOW + " AND v.created_at<=? ORDER BY 1",
    "stale_at": "SELECT count(*) FROM version WHERE supersedes=? AND created_at<=?",
    "stale_in": """WITH RECURSIVE st(root,id) AS (
        SELECT supersedes,supersedes FROM version WHERE supersedes IS NOT NULL AND kind=3 UNION
        SELECT st.root,e.src FROM st CROSS JOIN edge e WHERE e.dst=st.id AND e.kind IN (4,5,7,8))
      SELECT st.id,count(*) FROM st CROSS JOIN version v WHERE v.id=st.id AND v.kind=6 GROUP BY 1 ORDER BY 1""",
    "upstream": """WITH RECURSIVE
        u(id) AS (SELECT dst FROM edge WHERE src=? UNION SELECT e.dst FROM u CROSS JOIN edge e WHERE e.src=u.id),
        k AS MATERIALIZED (SELECT u.id, v.kind FROM u CROSS JOIN version v WHERE v.id=u.id)
      SELECT count(*), sum(CASE WHEN kind=0 THEN 1 ELSE 0 END),
        (SELECT {list}(id) FROM (SELECT id FROM k ORDER BY id LIMIT 100) x) FROM k""",
    "hops": """WITH RECURSIVE p(id,d) AS (SELECT ?{cast},0 UNION
        SELECT e.dst,p.d+1 FROM p CROSS JOIN edge e WHERE e.src=p.id)
      SELECT d FROM p WHERE id=? LIMIT 1""",
    "only_in": """SELECT dst FROM edge WHERE src=? AND kind=7 EXCEPT SELECT dst FROM edge WHERE src=? AND kind=7
      ORDER BY 1""",
}


class Sql(Writer):
    mark, cast, list = "?", "", "json_group_array"

    def shape_queries(self) -> None:
        shape = lambda text: text.replace("{cast}", self.cast).replace("{list}", self.list).replace("?", self.mark)
        self.queries = {name: shape(text) for name, text in QUERIES.items()}

    def run(self, query: str, *values) -> list:
        return self.cursor.execute(self.queries[query], values).fetchall()

    def q1(self, version):
        found = self.run("version", version)[0]
        sources = [list(row) for row in self.run("sources", version)]
        return [*found, sources, [row[0] for row in self.run("tags", version)]]

    def q2(self, item):
        return [list(row) for row in self.run("history", item)]

    def q3(self, version):
        return [row[0] for row in self.run("holders", version)]

    def q3b(self, _):
        return [list(row) for row in self.run("stale_in")]

    def q4(self, version):
        count, images, ids = self.run("upstream", version)[0]
        ids = json.loads(ids) if isinstance(ids, str) else list(ids or [])
        return [count, int(images or 0), sorted(ids)]

    def q5(self, ends):
        return self.run("hops", ends[1], ends[0])[0][0]

    def q6(self, asked):
        version, time, _ = asked
        sets = [row[0] for row in self.run("holders_at", version, time)]
        return [sets, self.run("stale_at", version, time)[0][0] > 0]

    def q7(self, sets):
        added = [row[0] for row in self.run("only_in", sets[1], sets[0])]
        removed = [row[0] for row in self.run("only_in", sets[0], sets[1])]
        return [len(added), len(removed), added[:100], removed[:100]]


class Sqlite(Sql):
    name = "sqlite"

    def version(self):
        return f"SQLite {sqlite3.sqlite_version}, in process"

    def connect(self):
        self.db = sqlite3.connect(self.store / "lineage.db", isolation_level=None, timeout=60, check_same_thread=False)
        self.cursor = self.db.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-262144", "mmap_size=4000000000"):
            self.db.execute(f"PRAGMA {pragma}").fetchall()
        self.shape_queries()

    def load(self):
        self.connect()
        schema = SCHEMA.replace("{rowid}", " WITHOUT ROWID").replace("BIGINT PRIMARY", "INTEGER PRIMARY")
        self.db.executescript(schema)
        self.db.execute("BEGIN")
        values = {"item": "?,?,?", "version": "?,?,?,?,?,nullif(?,''),?,?", "edge": "?,?,?", "tag": "?,?,?,nullif(?,'')"}
        for table, file in TABLES:
            self.db.executemany(f"INSERT INTO {table} VALUES({values[table]})", rows(self.data, file))
        self.db.execute("COMMIT")
        # No ANALYZE: with statistics SQLite builds a Bloom filter over all edges for every recursive query.
        self.db.executescript(INDEXES)
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def clone(self):
        other = type(self)(self.data, self.store)
        other.connect()
        return other

    def write(self, batch):
        self.cursor.execute("BEGIN IMMEDIATE")
        for version, edges, tags in batch:
            self.cursor.execute("INSERT INTO item VALUES(?,?,?)", (version[1], version[2], f"w-{version[0]}"))
            self.cursor.execute("INSERT INTO version VALUES(?,?,?,?,?,?,?,?)", version)
            self.cursor.executemany("INSERT INTO edge VALUES(?,?,?)", edges)
            self.cursor.executemany("INSERT INTO tag VALUES(?,?,?,?)", tags)
        self.cursor.execute("COMMIT")

    def close(self):
        self.db.close()


def columns(batch: list) -> list[tuple[str, list]]:
    """A batch of writes by table."""
    return [("item", [(version[1], version[2], f"w-{version[0]}") for version, _, _ in batch]),
            ("version", [version for version, _, _ in batch]),
            ("edge", [edge for _, edges, _ in batch for edge in edges]),
            ("tag", [tag for _, _, tags in batch for tag in tags])]


class DuckDb(Sql):
    name, cast, list = "duckdb", "::BIGINT", "list"

    def version(self):
        return f"DuckDB {self.module.__version__}, in process"

    def connect(self):
        try:
            import duckdb
        except ImportError as missing:
            raise Unavailable(f"the Python package duckdb could not be installed ({missing})") from None
        self.module = duckdb
        self.db = self.cursor = duckdb.connect(str(self.store / "lineage.duckdb"))
        self.shape_queries()

    def load(self):
        self.connect()
        self.db.execute(SCHEMA.replace("{rowid}", ""))
        for table, file in TABLES:
            source = f"read_csv('{self.data}/{file}.csv', header=true, sample_size=-1)"
            self.db.execute(f"INSERT INTO {table} SELECT * FROM {source}")
        # It has no partial indexes.
        self.db.execute(INDEXES.replace(" WHERE supersedes IS NOT NULL", ""))
        self.db.execute("CHECKPOINT")

    def run(self, query, *values):
        return self.cursor.execute(self.queries[query], list(values)).fetchall()

    def clone(self):
        other = type(self)(self.data, self.store)
        other.db = other.cursor = self.db.cursor()
        return other

    def write(self, batch):
        self.cursor.execute("BEGIN")
        for table, found in columns(batch):
            places = ",".join("unnest(?)" for _ in found[0])
            self.cursor.execute(f"INSERT INTO {table} SELECT {places}", [list(column) for column in zip(*found)])
        self.cursor.execute("COMMIT")

    def close(self):
        self.db.close()


class Postgres(Sql):
    name, mark, cast, list = "postgres", "%s", "::bigint", "array_agg"
    database = "bench"

    def __init__(self, data, store, cluster):
        super().__init__(data, store)
        self.cluster = cluster

    def version(self):
        return f"PostgreSQL {self.db.execute('show server_version').fetchone()[0].split()[0]}, over a socket"

    def prepare(self):
        self.cluster.start()

    def connect(self):
        try:
            import psycopg
        except ImportError as missing:
            raise Unavailable(f"the Python package psycopg could not be installed ({missing})") from None
        self.db = psycopg.connect(self.cluster.dsn(self.database), autocommit=True, prepare_threshold=1)
        self.db.execute("SET jit=off")
        self.db.execute("SET work_mem='128MB'")
        self.cursor = self.db.cursor()
        self.shape_queries()

    def load(self):
        self.cluster.create(self.database)
        self.connect()
        self.db.execute(SCHEMA.replace("{rowid}", ""))
        for table, file in TABLES:
            with self.cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy:
                with open(self.data / f"{file}.csv", "rb") as source:
                    while part := source.read(1 << 20):
                        copy.write(part)
        self.db.execute(INDEXES)
        self.db.execute("VACUUM ANALYZE")
        self.db.execute("CHECKPOINT")

    def clone(self):
        other = type(self)(self.data, self.store, self.cluster)
        other.connect()
        return other

    def write(self, batch):
        with self.db.transaction():
            if len(batch) > 1:
                for table, found in columns(batch):
                    with self.cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        for row in found:
                            copy.write_row(row)
                return
            version, edges, tags = batch[0]
            insert = self.cursor.execute
            insert("INSERT INTO item VALUES(%s,%s,%s)", (version[1], version[2], f"w-{version[0]}"))
            insert("INSERT INTO version VALUES(%s,%s,%s,%s,%s,%s,%s,%s)", version)
            arrays = tuple([list(column) for column in zip(*edges)])
            insert("INSERT INTO edge SELECT * FROM unnest(%s::bigint[],%s::bigint[],%s::smallint[])", arrays)
            insert("INSERT INTO tag VALUES(%s,%s,%s,%s)", tags[0])

    def disk(self):
        return self.db.execute(f"select pg_database_size('{self.database}')").fetchone()[0]

    def rss(self):
        return self.cluster.rss(self.db.info.backend_pid)

    def close(self):
        self.db.close()
