"""PostgreSQL and Valkey without any installation: servers from wheels, started by our own launcher.

addresses(home)   where the servers of a PORTAL_HOME listen; starts nothing
ensure(home)      a context in which they run: those that run already, or ours for its duration
throwaway()       a context with servers of its own in a temporary folder, for tests and benchmarks
"""

from portal.embedded.launcher import ensure, throwaway
from portal.embedded.places import Addresses, addresses

__all__ = ["Addresses", "addresses", "ensure", "throwaway"]
