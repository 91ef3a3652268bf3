"""What is recorded, a module for each family of causes; each module has `cases()`."""

from scenarios import server_certificates

_FAMILIES = [server_certificates]


def cases():
    """Every case of the corpus, in the order of recording."""
    return [case for family in _FAMILIES for case in family.cases()]
