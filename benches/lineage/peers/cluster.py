"""A private PostgreSQL cluster, started and stopped by the run. It trusts whoever reaches it, and listens on 127.0.0.1 only."""
import glob
import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from .base import Unavailable, peak_rss

SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB", "random_page_cost": "1.1", "listen_addresses": "127.0.0.1"}
INSTALL = "apt-get install postgresql"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    def __init__(self, folder: Path):
        self.folder, self.port, self.running = folder, free_port(), False

    def start(self) -> None:
        if self.running:
            return
        self.bin = self._programs()
        self.user = self._user()
        self._make_folder()
        # Of its own, because the path of a socket must be short.
        self.sockets = Path(tempfile.mkdtemp(prefix="stemma-pg-"))
        if self.user:
            for folder in (self.folder, self.sockets):
                shutil.chown(folder, self.user)
        if not (self.folder / "PG_VERSION").exists():
            self._run("initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        settings = {**SETTINGS, "port": self.port, "unix_socket_directories": self.sockets}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "-D", self.folder, "-l", self.folder / "log", "-w", "-o", options, "start")
        self.running = True

    def stop(self) -> None:
        if self.running:
            self._run("pg_ctl", "-D", self.folder, "-m", "fast", "-w", "stop")
            shutil.rmtree(self.sockets, ignore_errors=True)
            self.running = False

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self._elsewhere(), ignore_errors=True)

    def dsn(self, database: str) -> str:
        return f"host={self.sockets} port={self.port} user=postgres dbname={database}"

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> None:
        """Makes an empty database of this name."""
        self.start()
        import psycopg
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as db:
            db.execute(f"DROP DATABASE IF EXISTS {database}")
            db.execute(f"CREATE DATABASE {database}")

    def rss(self, backend: int) -> int:
        postmaster = int((self.folder / "postmaster.pid").read_text().split()[0])
        return peak_rss(postmaster) + peak_rss(backend)

    def _programs(self) -> Path:
        on_path = shutil.which("initdb")
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) + ([on_path] if on_path else [])
        if not found:
            raise Unavailable(f"PostgreSQL is not installed: {INSTALL}")
        return Path(found[-1]).resolve().parent

    def _user(self) -> str | None:
        """PostgreSQL refuses to run as root; its own user does it then."""
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam("postgres").pw_name
        except KeyError:
            raise Unavailable(f"PostgreSQL does not run as root, and there is no user postgres: {INSTALL}") from None

    def _make_folder(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self.user and not self._enters(self.folder.parent):
            # It is in a home that this user cannot enter.
            self.folder = self._elsewhere()
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def _elsewhere(self) -> Path:
        name = hashlib.blake2b(str(self.folder).encode(), digest_size=6).hexdigest()
        return Path(tempfile.gettempdir()) / f"stemma-bench-pgdata-{name}"

    def _enters(self, folder: Path) -> bool:
        return subprocess.run(["runuser", "-u", self.user, "--", "test", "-x", folder], cwd="/").returncode == 0

    def _run(self, program: str, *arguments) -> None:
        as_user = ["runuser", "-u", self.user, "--"] if self.user else []
        command = [*as_user, str(self.bin / program), *map(str, arguments)]
        # To a file: the server that pg_ctl starts would keep a pipe open.
        with tempfile.TemporaryFile() as said:
            if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/").returncode:
                said.seek(0)
                raise Unavailable(f"{program} failed: {said.read().decode(errors='replace').strip()[-300:]}")
