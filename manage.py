#!/usr/bin/env python3
"""Django's command line; every command finds or starts the embedded servers by itself."""

import os
import sys

from portal.embedded.launcher import main

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    sys.exit(main())
