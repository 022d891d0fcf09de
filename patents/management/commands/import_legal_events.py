"""Import of a sheet of legal events by an operator: `manage.py import_legal_events FILE [--dry-run]`."""

from pathlib import Path
from typing import Any

from patents.imports.events import import_event_file
from portal.sheets.commands import ImportCommand
from portal.sheets.services import Outcome


class Command(ImportCommand):
    help = "导入法律事件。已登记的事件不会重复登记。"

    def import_sheet(self, path: Path, options: dict[str, Any]) -> Outcome:
        return import_event_file(path=path, by=None, dry_run=options["dry_run"], progress=self.show_progress)
