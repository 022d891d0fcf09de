"""PostgreSQL and Redis of the system's packages, over TCP with a password, in a folder that vanishes."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.processes import free_port, wait_until

PASSWORD = "p@ss:word/1"
ENCODED = "p%40ss%3Aword%2F1"


def postgres_folder():
    """Where the newest installed server's programs are, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def has_vectors():
    """Whether that server has the extension pgvector, which docs/deploy.md asks for."""
    folder = postgres_folder()
    return folder is not None and Path(f"/usr/share/postgresql/{folder.parts[4]}/extension/vector.control").exists()


def redis_program():
    return shutil.which("redis-server") or shutil.which("valkey-server")


def as_user(command):
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return command
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]


@contextlib.contextmanager
def system_servers():
    """Run both; gives DATABASE_URL and REDIS_URL."""
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="portal-system-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.getuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        (folder / "password").chmod(0o644)
        yield {
            "DATABASE_URL": _start_postgres(stack, folder),
            "REDIS_URL": _start_redis(stack, folder),
        }


def _start_postgres(stack, folder):
    programs, data, port = postgres_folder(), folder / "data", free_port()
    options = ["-U", "portal", "-A", "scram-sha-256", f"--pwfile={folder}/password", "--locale=C.UTF-8", "-E", "UTF8"]
    command = as_user([str(programs / "initdb"), "-D", str(data), "--no-sync", *options])
    subprocess.run(command, cwd="/", check=True, capture_output=True)
    addresses = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    _run(stack, [str(programs / "postgres"), "-D", str(data), *addresses, "-F"], folder / "postgres.log")
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    wait_until(lambda: subprocess.run(ready, check=False).returncode == 0)
    return f"postgres://portal:{ENCODED}@127.0.0.1:{port}/postgres"


def _start_redis(stack, folder):
    port = free_port()
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--requirepass",
        "secret",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    _run(stack, [redis_program(), *options], folder / "redis.log")
    wait_until(lambda: "eady to accept connections" in (folder / "redis.log").read_text())
    return f"redis://:secret@127.0.0.1:{port}/0"


def _run(stack, command, log):
    output = stack.enter_context(log.open("ab"))
    process = subprocess.Popen(as_user(command), cwd="/", stdout=output, stderr=subprocess.STDOUT)
    stack.callback(process.wait)
    stack.callback(process.terminate)
