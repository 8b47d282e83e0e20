"""Two hosts of the application on PostgreSQL with a replica, pgbouncer, Redis and an S3 server: what must hold there.

    .ci/cluster            twice, through pgbouncer and at the servers' own addresses, under load for a minute
    .ci/cluster --short    once, through pgbouncer, under load for some seconds

Every program has a loopback address of its own and files of its own; hosts share nothing but what settings name.  The
primary is killed under load and the replica promoted.  Prints a line for each thing that holds, and ends with the first
that does not.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port
from wger_flask.storage.dialects.postgresql_replicas import MOST_LAG

from .hosts import Host, Load, form
from .programs import PATIENCE, Failed, Pooler, Programs, Server, listens, programs, wait_for

KEY = "the same key on all hosts of this cluster"
PASSWORD = "correct horse battery"
PEOPLE = ("ada", "grace")
COMMANDS = """
import sys
from wger_flask.commands import main
for command in sys.argv[1:]:
    sys.argv[1:] = command.split("|")
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
"""
MOST_SECONDS_AWAY = 20
"""From when the replica takes writes, and is led to, until the last refusal."""
TRIES = 5  # a machine that stands still for seconds leaves none in which a replica may be behind


@dataclass
class Cluster:
    """What runs."""

    programs: Programs
    primary: Server
    replica: Server
    pooler: Pooler | None
    hosts: list[Host]
    token: str
    other_token: str


def holds(what: str, is_so: object = True) -> None:
    """Print what holds; raises :class:`Failed` where it does not."""
    if not is_so:
        raise Failed(f"it does not hold: {what}")
    print(f"  {what}", flush=True)


def skipped(what: str) -> None:
    """Print what was not tried."""
    print(f"  SKIPPED: {what}", flush=True)


def build(held: Programs, pooled: bool) -> Cluster:
    """Start everything."""
    primary, replica = Server(held, "db1", "127.0.0.11"), Server(held, "db2", "127.0.0.12")
    primary.make()
    primary.start("synchronous_commit=on")
    primary.ask("CREATE DATABASE wger")
    replica.copy(primary)
    # what takes over has no replica of its own to wait for
    replica.start("synchronous_standby_names=", "recovery_min_apply_delay=0")
    primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (db2)'")
    primary.ask("SELECT pg_reload_conf()")
    wait_for(
        "the replica is waited for", lambda: primary.ask("SELECT sync_state FROM pg_stat_replication") == [("sync",)]
    )
    both = f"postgresql://wger@{primary.at}:{primary.port},{replica.at}:{replica.port}/wger"
    settings = {
        "WGER_DATABASE_URL": both,
        "WGER_DATABASE_REPLICAS": replica.address(),
        "WGER_SECRET_KEY": KEY,
        "WGER_SYNC_KEY_FILE": str(held.folder / "powersync.pem"),
        "WGER_WORKERS": "2",
        "WGER_THREADS": "4",
        "WGER_OPEN_FOOD_FACTS": "off",
        "WGER_WRITE_WAIT": "5",
    }
    pooler = None
    if pooled and (shutil.which("pgbouncer") or Path("/usr/sbin/pgbouncer").exists()):
        pooler = Pooler(held, "127.0.0.13", primary)
    elif pooled:
        skipped("pgbouncer is not installed: hosts ask the servers themselves")
    settings |= counters(held) | bucket(held)
    made = held.run(
        sys.executable,
        "-c",
        COMMANDS,
        "migrate",
        "load-starter-data",
        *(
            f"{command}|{name}{rest}"
            for name in PEOPLE
            for command, rest in (
                ("create-user", f"|--password|{PASSWORD}"),
                ("create-token", ""),
            )
        ),
        WGER_INSTANCE_PATH=str(held.place("commands")),
        **settings,
    )
    tokens = [line for line in made.splitlines() if re.fullmatch("[0-9a-f]{40}", line)]
    if pooler is not None:
        settings |= {"WGER_DATABASE_URL": pooler.address(), "WGER_DATABASE_DIRECT_URL": both}
    hosts = [Host(held, name, at, settings) for name, at in (("one", "127.0.0.21"), ("two", "127.0.0.22"))]
    return Cluster(held, primary, replica, pooler, hosts, *tokens)


def counters(held: Programs) -> dict[str, str]:
    """Start Redis, where it is there, and return the setting that leads to it."""
    if shutil.which("redis-server") is None:
        skipped("redis-server is not installed: the database counts")
        return {"WGER_COUNTERS_URL": "database"}
    at = "127.0.0.14"
    port = free_port(at)
    command = ("redis-server", "--bind", at, "--port", str(port), "--save", "", "--dir", str(held.place("redis")))
    held.start("redis", *command)
    wait_for("redis starts", lambda: listens(at, port))
    return {"WGER_COUNTERS_URL": f"redis://{at}:{port}/0"}


def bucket(held: Programs) -> dict[str, str]:
    """Start an S3 server with a bucket, and return the setting that leads to it."""
    import minio

    at = "127.0.0.15"
    port = free_port(at)
    held.start("s3", sys.executable, "-m", "moto.server", "-H", at, "-p", str(port))
    wait_for("the S3 server starts", lambda: listens(at, port))
    minio.Minio(f"{at}:{port}", "key", "secret", secure=False, region="us-east-1").make_bucket("wger")
    return {"WGER_MEDIA_URL": f"s3://key:secret@{at}:{port}/wger/media?tls=0"}


# -- what must hold ---------------------------------------------------------------------------------
def check_logins(cluster: Cluster) -> None:
    """Tokens of one host are good at the other one, and guesses count over both."""
    one, two = cluster.hosts
    body = {"username": "ada", "password": PASSWORD}
    access = one.must(200, "POST", "/api/v2/token", body).json["access"]
    got = two.must(200, "GET", "/api/v2/userprofile/", Authorization=f"Bearer {access}")
    holds("a token that one host signed is good at the other one", got.json)
    phone = one.must(200, "GET", "/api/v2/powersync-keys").body
    holds("both sign phones' tokens with one key", two.must(200, "GET", "/api/v2/powersync-keys").body == phone)
    wrong, taken = {"username": "grace", "password": "no"}, 0
    for number in range(16):
        host = cluster.hosts[number % 2]
        taken += host.ask("POST", "/api/v2/login/", wrong, source="127.0.0.99").status != 429
    holds(f"of 16 guesses at two hosts, {taken} were looked at", taken == 10)


def check_media(cluster: Cluster) -> None:
    """What is uploaded at one host is there at the other one, and goes with its row."""
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(made, "PNG")
    body, kind = form("a.png", made.getvalue(), date="2026-01-01", description="")
    one, two = cluster.hosts
    sent = one.must(201, "POST", "/api/v2/gallery/", body, cluster.token, Content_Type=kind).json
    path = "/media/" + sent["image"].partition("/media/")[2]
    got = two.must(200, "GET", path, token=cluster.token)
    holds("a picture that one host took is shown by the other one", got.body == made.getvalue())
    two.must(200, "GET", f"{path}.200x200_q85.jpg", token=cluster.token)
    two.must(204, "DELETE", f"/api/v2/gallery/{sent['id']}/", token=cluster.token)
    holds("it is gone at both once it was deleted at one", one.ask("GET", path, token=cluster.token).status == 404)


def check_streams(cluster: Cluster) -> None:
    """A stream of one host tells what was written at the other one."""
    heard: list[str] = []
    ready = threading.Event()
    one, two = cluster.hosts
    threading.Thread(target=two.events, args=(cluster.token, heard, ready), daemon=True).start()
    holds("a host begins a stream", ready.wait(PATIENCE))
    key = str(one.must(201, "POST", "/api/v2/nutritionplan/", {"description": "told"}, cluster.token).json["id"])
    wait_for("a stream at one host tells of the other one's write", lambda: any(key in line for line in list(heard)))
    holds("a stream of one host tells what was written at the other one")


def check_replica(cluster: Cluster) -> None:
    """Replicas are read; who writes reads their own writes, though the replica is behind."""
    one, two = cluster.hosts
    path = "/api/v2/nutritionplan/"

    def plans(host: Host, token: str) -> int:
        count: int = host.must(200, "GET", path, token=token).json["count"]
        return count

    def is_old(word: str) -> bool:
        return word.encode() not in one.must(200, "GET", path, token=cluster.other_token).body

    theirs = two.must(201, "POST", path, {"description": "before"}, cluster.other_token).json["id"]
    wait_for("the replica has it", lambda: plans(one, cluster.other_token) == 1)
    for word in (f"changed {number}" for number in range(TRIES)):
        before = plans(two, cluster.token)
        for number in range(40):  # each process has looked by now how far the primary is
            plans(cluster.hosts[number % 2], cluster.other_token)
        wait_for("all that a process has seen is replayed", lambda: behind(cluster) == 0)
        cluster.replica.ask("SELECT pg_wal_replay_pause()")
        try:
            one.must(201, "POST", path, {"description": "mine"}, cluster.token)
            own = plans(two, cluster.token)
            until = time.monotonic() + MOST_LAG
            cluster.primary.ask(
                f"UPDATE nutrition_nutritionplan SET description = '{word}' WHERE id = '{theirs}'", "wger"
            )
            # the system chooses the process that answers, and one that has not looked before asks the primary
            while not (was_old := is_old(word)) and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            cluster.replica.ask("SELECT pg_wal_replay_resume()")
        holds("who wrote at one host reads it at the other one at once", own == before + 1)
        wait_for("it has caught up", lambda word=word: not is_old(word))
        if was_old:
            break
    holds("others are answered by the replica, which is behind", was_old)
    holds("it is read again once it has caught up")


def behind(cluster: Cluster) -> object:
    """Return how many bytes the replica is behind, of what a process may have seen.

    What is committed without waiting for the disk is sent to it only a while after.
    """
    sql = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), replay_lsn) FROM pg_stat_replication"
    return cluster.primary.ask(sql)[0][0]


def elected(server: Server) -> list[tuple[object, ...]]:
    """Return the sessions that hold the lock of who is elected."""
    lock = "(classid::bigint << 32) | objid::bigint = hashtextextended('wger_flask jobs', 0)"
    return server.ask(f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND {lock}", "wger")


def check_fail_over(cluster: Cluster, threads: int, writes: int) -> None:
    """The primary is killed under load: nothing that was acknowledged is lost, and all goes on after seconds."""
    load = Load(cluster.hosts, cluster.token, threads)
    load.start()
    try:
        load.wait_for_writes(writes)
        killed = time.monotonic()
        cluster.primary.kill()
        cluster.replica.promote()
        if cluster.pooler is not None:
            cluster.pooler.lead_to(cluster.replica)
        taken_over = time.monotonic()
        load.wait_for_writes(writes)
    finally:
        load.stop()
    last = max(load.refused, default=killed)
    listed = ", ".join(f"{number} times {status}" for status, number in sorted(load.statuses.items()))
    print(f"  {len(load.acknowledged)} writes acknowledged; {listed}; the last one refused after {last - killed:.1f} s")
    holds("every request was answered", not load.unanswered)
    holds("what went wrong was a 503", set(load.statuses) <= {200, 201, 503})
    holds(f"until {MOST_SECONDS_AWAY} s at most after the replica took over", last - taken_over < MOST_SECONDS_AWAY)
    holds("what was written was read at the other host", not load.unread)
    rows = {str(row[0]) for row in cluster.replica.ask("SELECT id FROM nutrition_nutritionplan", "wger")}
    lost = [key for key in load.acknowledged if key not in rows]
    holds("no acknowledged write is lost", not lost)


def check_jobs(cluster: Cluster, server: Server) -> None:
    """One process of all is elected, and does what is due once."""
    wait_for("a process is elected", lambda: len(elected(server)) == 1)
    holds("one process of both hosts is elected")


def check_job_was_done(cluster: Cluster) -> None:
    """The daily job was done once, by one process."""

    def done() -> int:
        return sum(
            cluster.programs.log(host.name).count("did the job recalculate measurements") for host in cluster.hosts
        )

    wait_for("the daily job is done", done)
    holds("the daily job was done once", done() == 1)


def run(folder: Path, pooled: bool, threads: int, writes: int) -> None:
    """Check everything on a cluster of its own."""
    print(f"hosts that ask {'pgbouncer' if pooled else 'the servers themselves'}:", flush=True)
    with programs(folder) as held:
        try:
            cluster = build(held, pooled)
            check_jobs(cluster, cluster.primary)
            check_logins(cluster)
            check_media(cluster)
            check_streams(cluster)
            check_job_was_done(cluster)
            check_replica(cluster)
            check_fail_over(cluster, threads, writes)
            check_jobs(cluster, cluster.replica)
            check_media(cluster)
            check_streams(cluster)
        except Failed:
            for log in sorted(folder.glob("*.log"), key=lambda path: path.name in ("one.log", "two.log")):
                print(f"-- {log.name}", *log.read_text(errors="replace").splitlines()[-25:], sep="\n", file=sys.stderr)
            raise


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog=".ci/cluster", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="once, and not for long")
    parser.add_argument("--direct", action="store_true", help="without pgbouncer alone")
    asked = parser.parse_args()
    started = time.monotonic()
    forms = [False] if asked.direct else [True] if asked.short else [True, False]
    for pooled in forms:
        with tempfile.TemporaryDirectory(prefix="wger-cluster.", dir="/tmp") as folder:  # short: sockets' paths are
            run(Path(folder), pooled, *((4, 60) if asked.short else (8, 600)))
    print(f"the cluster holds, in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except Failed as wrong:
        sys.exit(f"Error: {wrong}")
