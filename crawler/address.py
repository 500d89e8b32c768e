"""Which IP addresses are of the public internet: the others are asked only where a source says so."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_DOCUMENTATION = IPv6Network("3fff::/20")  # RFC 9637, newer than Python 3.11


class PrivateAddressError(Exception):
    """A host has an address that is not public, and its source does not allow that."""


def is_public(ip: str) -> bool:
    """Whether the address can be one of a public web server; False for what is no IP address.

    Not public are loopback, private, link-local, shared (100.64.0.0/10), multicast, documentation and
    reserved addresses, and the IPv6 forms of such IPv4 addresses: mapped, NAT64 (RFC 6052), 6to4.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    inside = _embedded(address)
    if inside:
        return is_public(str(inside))
    return address.is_global and address in _GLOBAL_UNICAST and address not in _DOCUMENTATION


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
