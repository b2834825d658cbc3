"""Whether an e-mail address belongs to a partner, by the domains it says are its own."""

from collections.abc import Iterable


def is_outside(email: str, domains: Iterable[str]) -> bool:
    """Whether the address is in none of the domains, nor below one; False without any domain."""
    known = [domain.lower().lstrip("@") for domain in domains]
    here = email.rpartition("@")[2].lower()
    return bool(known) and not any(here == one or here.endswith(f".{one}") for one in known)
