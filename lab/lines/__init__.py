"""What programs write to their logs when TLS fails, a module for each kind of program.

Each module has `subjects()`: the programs, and for each of them what is provoked.
"""

from lines import (admission, apache, brokers, browsers, data, envoy, fetchers, files, haproxy,
                   java, libraries, lighttpd, mail, nginx, post, proxies, script_clients, scripts,
                   service_clients, system, talk, tunnels, virtual_machines)

_KINDS = [nginx, apache, haproxy, lighttpd, proxies, envoy, scripts, java, libraries,
          virtual_machines, fetchers, script_clients, service_clients, browsers, mail, data,
          files, talk, post, system, brokers, admission, tunnels]


def subjects():
    """Every program whose lines are recorded, in the order of recording."""
    return [subject for kind in _KINDS for subject in kind.subjects()]
