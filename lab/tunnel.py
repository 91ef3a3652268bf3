"""Two hosts, a cable between them, and a tunnel through it.

Each host is a network namespace below the lab's own. VXLAN is made by the kernel. What few kernels
have is made by Open vSwitch, which forwards in its own process: the inner device of each host is a
port of a switch, and the switch puts every frame into the tunnel.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

CLIENT, SERVER = "tlswhy-near", "tlswhy-far"
# The device of each host that the programs use, and the cable on which is recorded.
INNER, CABLE = "inner", "cable"
CLIENT_ADDRESS, SERVER_ADDRESS = "198.51.100.71", "198.51.100.81"
_OUTER = {CLIENT: "192.0.2.71", SERVER: "192.0.2.81"}
_ADDRESS = {CLIENT: CLIENT_ADDRESS, SERVER: SERVER_ADDRESS}
_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"

# The words of Open vSwitch for an interface of each kind.
_SWITCHED = {
    "gre": "type=gre options:key=5",
    "erspan-2": "type=erspan options:key=5 options:erspan_ver=1 options:erspan_idx=3",
    "erspan-3": "type=erspan options:key=5 options:erspan_ver=2 options:erspan_dir=0 "
                "options:erspan_hwid=4",
    "geneve": "type=geneve options:key=5",
    "vxlan-over-ipv6": "type=vxlan options:key=5",
}
_FOLDERS = []


def build(kind):
    """Make the two hosts and the tunnel; what was left of an earlier one is removed first."""
    remove()
    for host in (CLIENT, SERVER):
        _run(f"ip netns add {host}")
        _run(f"ip -n {host} link set lo up")
        # Nothing but the conversation is to be recorded.
        for scope in ("all", "default"):
            _in(host, f"sysctl -q -w net.ipv6.conf.{scope}.disable_ipv6="
                      + ("0" if kind.endswith("ipv6") else "1"))
        # The cable must not answer for the address of the inner device.
        _in(host, "sysctl -q -w net.ipv4.conf.all.arp_ignore=1")
    _run(f"ip link add {CABLE} netns {CLIENT} type veth peer name {CABLE} netns {SERVER}")
    for host in (CLIENT, SERVER):
        _in(host, f"ethtool -K {CABLE} tso off gso off gro off tx off rx off")
        _run(f"ip -n {host} link set {CABLE} up")
        if kind.startswith("vxlan") and not kind.endswith("ipv6"):
            _kernel_vxlan(host)
        else:
            _switch(host, kind)
        _run(f"ip -n {host} address add {_ADDRESS[host]}/24 dev {INNER}")
        _run(f"ip -n {host} link set {INNER} mtu 1300 up")
        if kind.endswith("fragments"):
            _run(f"ip -n {host} link set {CABLE} mtu 200")


def remove():
    for folder in _FOLDERS:
        for name in ("switch.pid", "db.pid"):
            file = folder / name
            if file.exists():
                subprocess.run(["kill", file.read_text().strip()], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
    _FOLDERS.clear()
    for host in (CLIENT, SERVER):
        subprocess.run(["ip", "netns", "delete", host], capture_output=True)


def _other(host):
    return SERVER if host == CLIENT else CLIENT


def _kernel_vxlan(host):
    """The kernel cuts what is too long for the cable, the tunnel's own datagrams, into fragments."""
    _run(f"ip -n {host} address add {_OUTER[host]}/24 dev {CABLE}")
    _run(f"ip -n {host} link add {INNER} type vxlan id 5 dstport 4789 local {_OUTER[host]} "
         f"remote {_OUTER[_other(host)]}")


def _switch(host, kind):
    """Start a switch in the host; the inner device is its own port."""
    folder = Path(tempfile.mkdtemp(prefix="tlswhy-switch-"))
    _FOLDERS.append(folder)
    database = f"unix:{folder}/db.sock"
    own = os.environ | {name: str(folder) for name in ("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR",
                                                      "OVS_SYSCONFDIR")}
    _run(f"ovsdb-tool create {folder}/conf.db {_SCHEMA}", own)
    _in(host, f"ovsdb-server {folder}/conf.db --remote=punix:{folder}/db.sock --detach "
              f"--pidfile={folder}/db.pid --unixctl={folder}/db.ctl -vconsole:off", own)
    _run(f"ovs-vsctl --db={database} --no-wait init", own)
    _in(host, f"ovs-vswitchd {database} --detach --pidfile={folder}/switch.pid "
              f"--unixctl={folder}/switch.ctl -vconsole:off", own)

    def tell(words):
        _run(f"ovs-vsctl --db={database} {words}", own)

    tell(f"add-br {INNER} -- set bridge {INNER} datapath_type=netdev")
    if kind in _SWITCHED:
        # The switch finds its way to the other host over a device with the outer address.
        outer, bits = _OUTER, 24
        if kind.endswith("ipv6"):
            outer, bits = {CLIENT: "2001:db8::71", SERVER: "2001:db8::81"}, 64
        tell("add-br outer -- set bridge outer datapath_type=netdev")
        tell(f"add-port outer {CABLE}")
        flags = " nodad" if bits == 64 else ""
        _run(f"ip -n {host} address add {outer[host]}/{bits} dev outer{flags}")
        _run(f"ip -n {host} link set outer up")
        tell(f"add-port {INNER} tunnel -- set interface tunnel {_SWITCHED[kind]} "
             f"options:remote_ip={outer[_other(host)]}")
        return
    tell(f"add-port {INNER} {CABLE}")
    if kind == "vlan":
        tell(f"set port {INNER} tag=5")
    elif kind == "qinq":
        tell("set open_vswitch . other_config:vlan-limit=2")
        flows = ["in_port=LOCAL,actions=push_vlan:0x8100,set_field:4102->vlan_vid,"
                 "push_vlan:0x88a8,set_field:4101->vlan_vid,output:1",
                 # Each table takes one tag off.
                 "in_port=1,vlan_tci=0x1000/0x1000,actions=pop_vlan,resubmit(,1)",
                 "table=1,vlan_tci=0x1000/0x1000,actions=pop_vlan,LOCAL"]
        _flows(folder, flows, own)
    elif kind == "mpls":
        # ARP has no place behind a label.
        flows = ["in_port=LOCAL,arp,actions=output:1", "in_port=1,arp,actions=LOCAL",
                 "in_port=LOCAL,ip,actions=push_mpls:0x8847,set_field:16->mpls_label,output:1",
                 "in_port=1,mpls,actions=pop_mpls:0x0800,resubmit(,1)", "table=1,actions=LOCAL"]
        _flows(folder, flows, own)
    else:
        raise RuntimeError(f"{kind} is no tunnel")


def _flows(folder, flows, own):
    bridge = f"unix:{folder}/{INNER}.mgmt"
    versions = "-O OpenFlow13"
    _run(f"ovs-ofctl {versions} del-flows {bridge}", own)
    for flow in flows:
        _run(f"ovs-ofctl {versions} add-flow {bridge} {flow}", own)


def _run(words, environment=None):
    done = subprocess.run(words.split(), env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr.strip()}")


def _in(host, words, environment=None):
    _run(f"ip netns exec {host} {words}", environment)
