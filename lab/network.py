"""Three hosts in a row: a client, a router that may lose packets, and a server.

Each is a network namespace below the lab's own; the router drops what a scenario tells it to.
"""

import subprocess
import sys

CLIENT, ROUTER, SERVER = "tlswhy-client", "tlswhy-router", "tlswhy-server"
SERVER_ADDRESS = "192.0.2.80"
SERVER_ADDRESS_6 = "2001:db8:2::80"
ROUTER_PORT = "to-client"
# MAC addresses for documentation, RFC 7042, 2.1.2.
STATION, PORT, FAR = "00:00:5e:00:53:07", "00:00:5e:00:53:01", "00:00:5e:00:53:80"


def build():
    """Make the three hosts; what was left of an earlier run is removed first."""
    remove()
    for host in (CLIENT, ROUTER, SERVER):
        _ip(f"netns add {host}")
        _ip(f"-n {host} link set lo up")
    _cable(CLIENT, "203.0.113.7/24", "203.0.113.1/24", ROUTER_PORT)
    # Stations and ports are known by these.
    _ip(f"-n {CLIENT} link set eth0 address {STATION}")
    _ip(f"-n {ROUTER} link set {ROUTER_PORT} address {PORT}")
    _cable(SERVER, f"{SERVER_ADDRESS}/24", "192.0.2.1/24", "to-server")
    _ip(f"-n {SERVER} link set eth0 address {FAR}")
    for host, device, own in ((CLIENT, "eth0", "2001:db8:1::7"), (ROUTER, ROUTER_PORT, "2001:db8:1::1"),
                              (ROUTER, "to-server", "2001:db8:2::1"), (SERVER, "eth0", SERVER_ADDRESS_6)):
        _ip(f"-n {host} address add {own}/64 dev {device} nodad")
    for host, net in ((CLIENT, 1), (SERVER, 2)):
        _ip(f"-n {host} route add default via 2001:db8:{net}::1")
    _in(ROUTER, "sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")


def _cable(host, address, router_address, router_end):
    _ip(f"link add {router_end} netns {ROUTER} type veth peer name eth0 netns {host}")
    for place, device, own in ((host, "eth0", address), (ROUTER, router_end, router_address)):
        _ip(f"-n {place} address add {own} dev {device}")
        _ip(f"-n {place} link set {device} up")
    _ip(f"-n {host} route add default via {router_address.split('/')[0]}")
    # Without this the capture would show segments larger than what is on a real wire.
    _in(host, "ethtool -K eth0 tso off gso off gro off")


def lose(rule):
    """Let the router drop what the iptables words in `rule` describe, or do with it what they end
    with; nothing if it is empty. A rule without an address is for both versions of IP."""
    for tables in ("iptables", "ip6tables"):
        _in(ROUTER, f"{tables} -F FORWARD")
        if rule and (tables == "iptables" or " -d " not in f" {rule}"):
            _in(ROUTER, f"{tables} -A FORWARD {with_target(rule)}")


def forget():
    """Let both hosts forget what an earlier case has left: connections that go on repeating
    themselves into the next recording, and what routers said of sizes."""
    for host in (CLIENT, SERVER):
        subprocess.run(["ip", "netns", "exec", host, "ss", "-K", "-t", "-a"], capture_output=True)
        for version in ("-4", "-6"):
            _ip(f"{version} -n {host} route flush cache")


def guard(host, rule=""):
    """Let a host refuse itself what the iptables words in `rule` describe; nothing if it is empty."""
    for tables in ("iptables", "ip6tables"):
        _in(host, f"{tables} -F INPUT")
        if rule and ("icmp" not in rule or ("v6" in rule) == (tables == "ip6tables")):
            _in(host, f"{tables} -A INPUT {rule}")


def disturb(program, words):
    """Let all that the router forwards come through `shaky.py`; answers the program, which `calm`
    ends."""
    shaky = subprocess.Popen(["ip", "netns", "exec", ROUTER, sys.executable, program, "line",
                              *words.split()], stdout=subprocess.PIPE)
    shaky.stdout.readline()
    _in(ROUTER, "ip link set line up")
    _in(ROUTER, "ip route add default dev line table 7")
    for end in (ROUTER_PORT, "to-server"):
        _in(ROUTER, f"ip rule add iif {end} lookup 7")
    return shaky


def calm(shaky):
    """The line is as good as before."""
    for end in (ROUTER_PORT, "to-server"):
        _in(ROUTER, f"ip rule delete iif {end} lookup 7")
    shaky.terminate()
    shaky.communicate()


def with_target(rule):
    return rule if " -j " in rule else f"{rule} -j DROP"


def remove():
    for host in (CLIENT, ROUTER, SERVER):
        subprocess.run(["ip", "netns", "delete", host], capture_output=True)


def _ip(words):
    subprocess.run(["ip", *words.split()], check=True)


def _in(host, words):
    subprocess.run(["ip", "netns", "exec", host, *words.split()], check=True)
