#!/usr/bin/env python3
"""A PostgreSQL of its own for tests: a cluster in a new folder, by a socket in it alone.

    tests/program/postgres_server.py start FILE    writes its address to FILE
    tests/program/postgres_server.py stop FILE     ends it, and its folder goes

Where PostgreSQL is not installed, FILE is not written: what needs it skips.
"""
import glob
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile


def binaries():
    """The folder of initdb: Debian keeps it out of PATH."""
    found = shutil.which("initdb")
    places = [os.path.dirname(os.path.realpath(found))] if found else []
    return next(iter(places + sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)), None)


def is_here():
    return binaries() is not None


def unprivileged():
    """PostgreSQL does not run as root: what comes before its commands."""
    if os.geteuid() != 0:
        return []
    for user in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(user)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    return []


class Postgres:
    """`durable`: with fsync, where a crash must lose nothing."""

    def __init__(self, durable=False, folder=None):
        self.bin = pathlib.Path(binaries())
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="proctor-pg-", dir="/tmp"))
        self.port = 5432
        if folder:
            return
        if command := unprivileged():
            os.chown(self.folder, int(command[1].split("=")[1]), int(command[2].split("=")[1]))
        self.call("initdb", "-D", self.folder / "data", "-U", "proctor", "-A", "trust", "-E", "UTF8",
                  "--no-locale", "--no-sync")
        fsync = "on" if durable else "off"
        with open(self.folder / "data" / "postgresql.conf", "a") as conf:
            conf.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nfsync = {fsync}\n"
                       "full_page_writes = off\nmax_connections = 60\nshared_buffers = 32MB\n")
        self.start()
        self.sql("CREATE DATABASE exam", database="postgres")

    def call(self, name, *arguments, check=True):
        return subprocess.run([*unprivileged(), self.bin / name, *map(str, arguments)], check=check,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")

    def start(self):
        self.call("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "start")

    def restart(self, mode="immediate"):
        self.call("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "-l", self.folder / "log", "restart")

    def stop(self, mode="immediate"):
        self.call("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "stop", check=False)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, schema=None, user="proctor"):
        more = f"&options=-csearch_path%3D{schema}" if schema else ""
        return f"postgresql://{user}@/exam?host={self.folder}{more}"

    def sql(self, text, database="exam", user="proctor"):
        """Its rows, as psql prints them without frills."""
        done = subprocess.run([self.bin / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", user,
                               "-d", database, "-c", text], check=True, capture_output=True, text=True)
        return done.stdout.strip()


def main():
    deed, file = sys.argv[1], pathlib.Path(sys.argv[2])
    if file.exists():
        Postgres(folder=file.read_text().split("host=")[1].strip()).remove()
        file.unlink()
    if deed == "start" and is_here():
        file.write_text(Postgres().url() + "\n")
    elif deed == "start":
        print("PostgreSQL is not here: what needs it skips")


if __name__ == "__main__":
    main()
