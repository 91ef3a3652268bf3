"""What programs write to their logs when TLS fails, a module for each kind of program.

Each module has `subjects()`: the programs, and for each of them what is provoked.
"""

from lines import apache, envoy, haproxy, java, lighttpd, nginx, proxies, scripts

_KINDS = [nginx, apache, haproxy, lighttpd, proxies, envoy, scripts, java]


def subjects():
    """Every program whose lines are recorded, in the order of recording."""
    return [subject for kind in _KINDS for subject in kind.subjects()]
