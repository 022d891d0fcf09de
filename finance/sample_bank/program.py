"""Options, start and stop of the sample bank."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from finance.sample_bank.clerk import Clerk
from finance.sample_bank.client import PortalClient
from finance.sample_bank.faults import KINDS, Faults
from finance.sample_bank.ledger import Ledger
from finance.sample_bank.server import BankServer

log = logging.getLogger("sample_bank")
REQUIRED = ("client_id", "client_secret", "webhook_secret", "portal_url", "port")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options; the credentials file may hold all of them but the faults."""
    home = Path(os.environ.get("PORTAL_HOME", ".portal"))
    parser.add_argument("--credentials", type=Path, default=home / "sample_bank.json", help="JSON file, see the docs")
    parser.add_argument("--ledger", type=Path, default=home / "sample_bank.sqlite3", help="the bank's own books")
    parser.add_argument("--portal-url", help="instead of the file's portal_url")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="instead of the file's port")
    parser.add_argument("--lend-after", type=float, default=5.0, help="seconds between accepting and lending")
    parser.add_argument("--repay-after", type=float, help="seconds to a first repayment, and then to the last")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND[:TIMES|:SECONDSs]", help=f"one of {', '.join(KINDS)}"
    )


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings = _settings(options)
    faults = Faults()
    for fault in options.fault:
        faults.parse(fault)
    ledger = Ledger(options.ledger)
    client = PortalClient(
        portal_url=settings["portal_url"],
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
    )
    address = (options.host, int(settings["port"]))
    try:
        server = BankServer(address, secret=settings["webhook_secret"], ledger=ledger, faults=faults)
    except OSError as error:
        sys.exit(f"示例银行无法监听 {address[0]}:{address[1]}：{error.strerror}")
    clerk = Clerk(
        ledger=ledger, client=client, faults=faults, lend_after=options.lend_after, repay_after=options.repay_after
    )
    # shutdown() waits for serve_forever to end, which this very thread is running.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    clerk.start()
    log.info("sample bank on http://%s:%s/", *server.server_address[:2])
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        clerk.stop()
        server.server_close()


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(options.credentials.read_text())
    except FileNotFoundError:
        sys.exit(f"没有凭据文件 {options.credentials}：先运行 load_demo，或按 docs/bank-integration.md 自行编写。")
    given = {"portal_url": options.portal_url, "port": options.port}
    found.update({name: value for name, value in given.items() if value is not None})
    if missing := [name for name in REQUIRED if name not in found]:
        sys.exit(f"凭据文件 {options.credentials} 缺少：{'、'.join(missing)}")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line of `python -m finance.sample_bank`."""
    parser = argparse.ArgumentParser(prog="sample_bank", description="示例银行：接收推送、验证签名并答复")
    add_arguments(parser)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    run(parser.parse_args(arguments))
