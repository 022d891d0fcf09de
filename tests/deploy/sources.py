"""Which variables the code reads, which the documentation lists and which the compose file sets."""

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
READERS = {"str", "int", "bool", "list", "float"}
REQUIRED_READERS = {"required_in_production", "server_url"}
# Read by the parts themselves, not by our code.
OTHERS = {"WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"}


def _files():
    return [*ROOT.glob("portal/**/*.py"), *ROOT.glob("finance/sample_bank/*.py")]


def _calls():
    """(reader, variable) of each call that reads the environment by a literal name."""
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(name := node.args[0], ast.Constant):
                yield ast.unparse(node.func), name.value


def read_variables():
    """Every variable that the code reads."""
    readers = {f"env.{kind}" for kind in READERS} | REQUIRED_READERS | {"os.environ.get", "os.getenv"}
    return {variable for reader, variable in _calls() if reader in readers}


def required_variables():
    """Those that production refuses to start without."""
    source = (ROOT / "portal/settings.py").read_text(encoding="utf-8")
    refused = set(re.findall(r'ImproperlyConfigured\("([A-Z_]+) must be set', source))
    return refused | {variable for reader, variable in _calls() if reader in REQUIRED_READERS}


def documented():
    """Variable -> its row's cells in docs/deploy.md: meaning, default, required in production."""
    text = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \| (.*?) \|$", text, re.MULTILINE)
    return {name: cells for name, *cells in rows}


def compose():
    """docker-compose.yml with its anchors and merges resolved."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
