"""What is recorded, a module for each family of causes; each module has `cases()`."""

from scenarios import (carriers, client_certificates, controls, data, lossy, mail, names, negotiation,
                       server_certificates, sessions, several, strangers, surroundings,
                       talk)

_FAMILIES = [server_certificates, client_certificates, names, negotiation, sessions, strangers,
             carriers, mail, data, talk, surroundings, lossy, controls, several]


def cases():
    """Every case of the corpus, in the order of recording."""
    return [case for family in _FAMILIES for case in family.cases()]
