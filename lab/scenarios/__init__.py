"""What is recorded, a module for each family of causes; each module has `cases()`."""

from scenarios import (access, addresses, boxes, carriers, chains, client_certificates, contrast,
                       controls, data, datagram_keys, datagrams, dialogues, fleet, keys, late,
                       lossy, mail, middleboxes, names, negotiation, newer, newer_hellos,
                       newer_rare, noise, quic, remaining, server_certificates, sessions, several,
                       strangers, surroundings, talk, thousand, tunnels, ways)

_FAMILIES = [remaining, server_certificates, client_certificates, names, negotiation, sessions,
             strangers, carriers, dialogues, mail, data, talk, ways, surroundings, lossy, tunnels,
             boxes, chains, late, controls, keys, quic, several, access, datagrams, datagram_keys,
             newer, newer_hellos, newer_rare, noise, fleet, thousand, addresses, contrast,
             middleboxes]


def cases():
    """Every case of the corpus, in the order of recording."""
    return [case for family in _FAMILIES for case in family.cases()]
