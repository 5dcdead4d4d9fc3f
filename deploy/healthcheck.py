"""Ask a bot on this machine whether it is well: exit status 0 if GET /health answers 200, else 1."""

import http.client
import os
import sys


def is_well(address: str, timeout: float = 8.0) -> bool:
    """Whether the bot whose COHORT_HTTP is `address` answers 200. An address for all interfaces is asked
    over loopback."""
    host, _, port = address.rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host.strip("[]"), host.strip("[]"))  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_well(os.environ.get("COHORT_HTTP") or "127.0.0.1:8765"))
