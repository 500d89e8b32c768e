"""The steps by which an older index becomes a present one; run by `archive/database.py`."""
