"""Calls on connections of their own that meet at the same row."""

import threading

from django.db import connection

from portal.errors import ServiceError


def at_once(*calls):
    """Run the calls in threads that start together; returns each one's refusal code, or "" when it went well."""
    start = threading.Barrier(len(calls))
    results = [""] * len(calls)

    def run(place, call):
        try:
            start.wait(timeout=10)
            call()
        except ServiceError as refusal:
            results[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
